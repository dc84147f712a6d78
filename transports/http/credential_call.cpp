#include "troupe/transports/http/credential_call.hpp"

#include "troupe/messages/cut_text.hpp"
#include "troupe/messages/header_text.hpp"
#include "troupe/transports/guarded.hpp"
#include "troupe/transports/ordered_mutex.hpp"

namespace troupe {

// -- the question -------------------------------------------------------------

/// Shared by the thread that waits, the pool, and the reply, which the source
/// may keep for longer than all else.
///
///     queued --(begin)--> asked --(put)--> answered
///     queued, asked --(give_up, deadline)--> over
class credential_call::question {
public:
  enum class stage : uint8_t { queued, asked, answered, over };

  /// False: nobody waits for it any more.
  bool begin() {
    auto held = std::unique_lock{mutex_};
    if (stage_ == stage::queued)
      stage_ = stage::asked;
    return stage_ == stage::asked;
  }

  void put(answer<std::string> x) {
    auto held = std::unique_lock{mutex_};
    if (stage_ != stage::asked)
      return;
    answer_ = std::move(x);
    move(stage::answered);
  }

  void give_up() {
    auto held = std::unique_lock{mutex_};
    if (stage_ != stage::answered)
      move(stage::over);
  }

  /// The pool has refused or dropped it.
  void give_up_queued() {
    auto held = std::unique_lock{mutex_};
    if (stage_ == stage::queued)
      move(stage::over);
  }

  /// `answered`, `over`, or, where the deadline came first, the stage then.
  stage wait(time_point deadline) {
    auto held = std::unique_lock{mutex_};
    changed_.wait_until(held, deadline,
                        [this] { return stage_ >= stage::answered; });
    auto result = stage_;
    if (result != stage::answered)
      stage_ = stage::over;
    return result;
  }

  /// Once it is answered.
  answer<std::string> take() {
    auto held = std::unique_lock{mutex_};
    return std::move(answer_);
  }

  std::stop_source stop; // thread-safe

private:
  void move(stage to) {
    stage_ = to;
    changed_.notify_all();
  }

  ordered_mutex<lock_rank::leaf> mutex_;
  ordered_condition changed_;
  // Everything below is guarded by mutex_.
  stage stage_ = stage::queued;
  answer<std::string> answer_;
};

namespace {

given_credentials no_credentials(errc why, std::string text) {
  return {{}, {why, std::move(text)}};
}

/// What the source has answered, as far as it can be used.
given_credentials judged(answer<std::string> x) {
  if (x.ok() && !is_field_value(x.value))
    return no_credentials(
      errc::internal_error,
      "the credentials hold CR, LF or NUL, and cannot be sent");
  if (x.ok() && x.value.size() > defaults::authorization_bytes_max)
    return no_credentials(errc::internal_error,
                          "the credentials have more than "
                            + std::to_string(defaults::authorization_bytes_max)
                            + " bytes");
  if (x.ok())
    return {std::move(x.value), {}};
  auto code = x.error.code == errc::auth_required ? errc::auth_required
                                                  : errc::internal_error;
  auto text = cut_text(x.error.text, defaults::remark_bytes_max);
  return no_credentials(code, text.empty() ? "the source of credentials failed"
                                           : text);
}

} // namespace

// -- the call -----------------------------------------------------------------

credential_owners credential_owners::of(std::string_view server) {
  auto name = std::string{server};
  return {callback_pool::owner_of(name),
          callback_pool::owner_of(name + "\nstops")};
}

credential_call::credential_call(callback_pool_ptr pool,
                                 credential_owners owners,
                                 credential_source_ptr source,
                                 std::string origin)
  : pool_(std::move(pool)), owners_(owners), source_(std::move(source)),
    origin_(std::move(origin)) {
  // nop
}

given_credentials credential_call::ask(interrupter& end, time_point deadline) {
  return run(end, deadline, [](auto& source, auto request, auto then) {
    source.authorization(std::move(request), std::move(then));
  });
}

given_credentials credential_call::challenge(interrupter& end,
                                             time_point deadline,
                                             credential_challenge what) {
  return run(end, deadline, [what](auto& source, auto request, auto then) {
    auto x = what;
    x.request = std::move(request);
    source.challenged(std::move(x), std::move(then));
  });
}

given_credentials credential_call::run(interrupter& end, time_point deadline,
                                       call_fn f) {
  using stage = question::stage;
  auto x = std::make_shared<question>();
  if (!end.enter([x] { x->give_up(); }))
    return no_credentials(errc::cancelled, "cancelled");
  auto number = start(x, deadline, std::move(f));
  auto ended = x->wait(deadline);
  end.leave();
  if (ended == stage::answered)
    return judged(x->take());
  if (number == 0)
    return no_credentials(errc::overloaded,
                          "no thread is free to ask for credentials");
  stop(x, number);
  if (ended == stage::over)
    return no_credentials(errc::cancelled, "cancelled");
  return no_credentials(errc::internal_error,
                        "the source of credentials did not answer in time");
}

/// Has the source called. Returns the callback's number; 0: it was refused.
uint64_t credential_call::start(const question_ptr& x, time_point deadline,
                                call_fn f) {
  // Gives up also where a pool that ends drops the callback.
  auto dropped =
    std::shared_ptr<void>{nullptr, [x](void*) { x->give_up_queued(); }};
  return pool_->run(owners_.calls, [x, dropped, deadline, f = std::move(f),
                                    source = source_, origin = origin_] {
    if (!x->begin())
      return;
    // Held until the call is over: an exception is no dropped reply.
    auto then = credential_reply{[x](auto given) { x->put(std::move(given)); }};
    auto what = guarded([&] {
      f(*source, {origin, deadline, x->stop.get_token()}, then);
    });
    if (what)
      then.fail({errc::internal_error, fate::not_sent,
                 "the source of credentials threw " + what->type});
  });
}

/// Takes the question back, or tells the source that it is given up: on the
/// pool, since a stop callback is the embedder's as well.
void credential_call::stop(const question_ptr& x, uint64_t number) {
  if (!pool_->withdraw(owners_.calls, number))
    pool_->run(owners_.stops, [x] { x->stop.request_stop(); });
}

} // namespace troupe
