#include "troupe/transports/http/credential_call.hpp"

#include "troupe/messages/header_text.hpp"
#include "troupe/transports/guarded.hpp"
#include "troupe/transports/ordered_mutex.hpp"

namespace troupe {

/// Where the answer is stored; the source may still write to it when the caller
/// has given up.
struct credential_call::desk {
  ordered_mutex<lock_rank::leaf> mutex;
  ordered_condition changed;
  bool done = false;
  bool given_up = false;
  given_credentials result;
};

namespace {

/// Calls the source. Its exceptions end here.
given_credentials call(const std::function<std::string()>& f) {
  auto result = given_credentials{};
  auto what = guarded([&] {
    try {
      result.authorization = f();
    } catch (const credential_fault& x) {
      result.fault = {errc::internal_error, x.text};
    }
  });
  if (what)
    result.fault = {errc::internal_error,
                    "the source of credentials threw " + what->type};
  if (!is_field_value(result.authorization)) {
    result.authorization.clear();
    result.fault = {errc::internal_error, "the credentials hold CR, LF or NUL, "
                                          "and cannot be sent"};
  }
  return result;
}

} // namespace

credential_call::credential_call(callback_pool_ptr pool, uint64_t owner,
                                 credential_source_ptr source,
                                 std::string origin)
  : pool_(std::move(pool)), owner_(owner), source_(std::move(source)),
    origin_(std::move(origin)) {
  // nop
}

given_credentials
credential_call::ask(interrupter& end,
                     std::optional<credential_challenge> first) {
  return run(end, [source = source_, origin = origin_, first] {
    if (first) // even if `challenged` throws, it may have new credentials
      guarded([&] { source->challenged(origin, first->status, first->text); });
    return source->authorization(origin);
  });
}

void credential_call::tell(interrupter& end, credential_challenge what) {
  run(end, [source = source_, origin = origin_, what] {
    source->challenged(origin, what.status, what.text);
    return std::string{};
  });
}

given_credentials credential_call::run(interrupter& end,
                                       std::function<std::string()> f) {
  auto to = std::make_shared<desk>();
  auto give_up = [to] {
    auto held = std::unique_lock{to->mutex};
    to->given_up = true;
    to->changed.notify_all();
  };
  if (!end.enter(give_up))
    return {{}, {errc::cancelled, "cancelled"}};
  // Gives up also if a pool that ends drops the callback.
  auto over = std::shared_ptr<void>{nullptr, [give_up](void*) { give_up(); }};
  auto number = pool_->run(owner_, [to, f = std::move(f), over] {
    auto result = call(f);
    auto held = std::unique_lock{to->mutex};
    to->result = std::move(result);
    to->done = true;
  });
  over.reset();
  auto held = std::unique_lock{to->mutex};
  to->changed.wait(held, [&] { return to->done || to->given_up; });
  auto done = to->done;
  held.unlock();
  end.leave();
  if (done)
    return std::move(to->result);
  if (number == 0)
    return {{}, {errc::overloaded, "no thread is free to ask for credentials"}};
  pool_->withdraw(owner_, number);
  return {{}, {errc::cancelled, "cancelled"}};
}

} // namespace troupe
