#include "troupe/transports/http/credential_bindings.hpp"

#include "troupe/transports/guarded.hpp"
#include "troupe/transports/http/url.hpp"

#include <algorithm>

namespace troupe {

namespace {

failure no_source(std::string why) {
  return {errc::internal_error, fate::not_sent, std::move(why)};
}

/// The source of one start. The embedder's function that gives it is called as
/// late as possible, on a thread where it may block.
class late_source : public credential_source {
public:
  late_source(std::shared_ptr<credential_bindings> from, server_spec spec)
    : from_(std::move(from)), spec_(std::move(spec)) {
    // nop
  }

  void authorization(credential_request request,
                     credential_reply then) override {
    if (auto source = find(request.origin, then))
      source->authorization(std::move(request), std::move(then));
  }

  void challenged(credential_challenge challenge,
                  credential_reply then) override {
    if (auto source = find(challenge.request.origin, then))
      source->challenged(std::move(challenge), std::move(then));
  }

private:
  enum class state : uint8_t { unknown, asking, known };

  /// Null: there is none, and `then` has been told.
  credential_source_ptr find(const std::string& origin,
                             const credential_reply& then) {
    auto found = find(origin);
    if (!found.ok())
      then.fail(std::move(found.error));
    else if (!found.value)
      then.give({});
    return std::move(found.value);
  }

  /// The embedder is asked without the lock, by one thread at a time; where
  /// that fails, the next thread asks again.
  answer<credential_source_ptr> find(const std::string& origin) {
    auto held = std::unique_lock{mutex_};
    changed_.wait(held, [this] { return state_ != state::asking; });
    if (state_ == state::known)
      return source_;
    state_ = state::asking;
    held.unlock();
    try {
      auto given = from_->give(spec_, origin);
      set(given.ok() ? state::known : state::unknown, given.value);
      return given;
    } catch (...) {
      set(state::unknown, nullptr);
      throw;
    }
  }

  void set(state now, credential_source_ptr source) {
    auto held = std::unique_lock{mutex_};
    state_ = now;
    source_ = std::move(source); // there was none
    changed_.notify_all();
  }

  const std::shared_ptr<credential_bindings> from_;
  const server_spec spec_;
  ordered_mutex<lock_rank::leaf> mutex_;
  ordered_condition changed_;
  state state_ = state::unknown; // guarded by mutex_
  credential_source_ptr source_; // guarded by mutex_
};

} // namespace

credential_bindings::credential_bindings(give_fn give)
  : give_(std::move(give)) {
  // nop
}

void credential_bindings::on_change(changed_fn f) {
  auto held = std::unique_lock{mutex_};
  std::swap(changed_, f); // what it held goes without the lock
}

credential_source_ptr credential_bindings::source_for(const server_spec& spec) {
  if (!give_)
    return nullptr;
  return std::make_shared<late_source>(shared_from_this(), spec);
}

answer<credential_source_ptr>
credential_bindings::give(const server_spec& spec, const std::string& origin) {
  credential_source_ptr result;
  if (auto what = guarded([&] { result = give_(spec); }))
    return no_source("runtime_options::credentials threw " + what->type
                     + " for " + spec.name);
  if (!result)
    return result;
  if (auto fault = bind(result, origin))
    return fault;
  return result;
}

failure credential_bindings::bind(const credential_source_ptr& source,
                                  const std::string& origin) {
  // A source may end meanwhile: then it ends without the lock.
  auto kept = std::vector<credential_source_ptr>{};
  auto held = std::unique_lock{mutex_};
  std::erase_if(bindings_, [](auto& x) { return x.source.expired(); });
  auto i = std::find_if(bindings_.begin(), bindings_.end(), [&](auto& x) {
    return kept.emplace_back(x.source.lock()) == source;
  });
  if (i != bindings_.end() && i->origin != origin)
    return no_source("its credentials belong to " + i->origin
                     + ", and are not sent to " + origin);
  if (i != bindings_.end())
    return {};
  auto weak = weak_from_this();
  auto changed = std::make_shared<std::function<void()>>([weak, origin] {
    if (auto self = weak.lock())
      self->tell(origin);
  });
  bindings_.push_back({source, origin, changed});
  held.unlock();
  source->watch(changed);
  return {};
}

void credential_bindings::tell(const std::string& origin) {
  auto held = std::unique_lock{mutex_};
  auto f = changed_;
  held.unlock();
  if (f)
    f(origin);
}

} // namespace troupe
