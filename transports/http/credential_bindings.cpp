#include "troupe/transports/http/credential_bindings.hpp"

#include "troupe/transports/guarded.hpp"
#include "troupe/transports/http/url.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// The source of one start. The embedder's function that gives it is called as
/// late as possible, on a thread where it may block.
class late_source : public credential_source {
public:
  late_source(std::shared_ptr<credential_bindings> from, server_spec spec)
    : from_(std::move(from)), spec_(std::move(spec)) {
    // nop
  }

  std::string authorization(std::string_view origin) override {
    auto source = find(origin);
    return source ? source->authorization(origin) : "";
  }

  void challenged(std::string_view origin, int status,
                  std::string_view challenge) override {
    if (auto source = find(origin))
      source->challenged(origin, status, challenge);
  }

private:
  enum class state : uint8_t { unknown, asking, known };

  /// The embedder is asked without the lock, by one thread at a time; where it
  /// throws, the next thread asks again.
  credential_source_ptr find(std::string_view origin) {
    auto held = std::unique_lock{mutex_};
    changed_.wait(held, [this] { return state_ != state::asking; });
    if (state_ == state::known)
      return source_;
    state_ = state::asking;
    held.unlock();
    try {
      auto source = from_->give(spec_, std::string{origin});
      set(state::known, source);
      return source;
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

credential_source_ptr credential_bindings::give(const server_spec& spec,
                                                const std::string& origin) {
  credential_source_ptr result;
  if (auto what = guarded([&] { result = give_(spec); }))
    throw credential_fault{"runtime_options::credentials threw " + what->type
                           + " for " + spec.name};
  if (result)
    bind(result, origin);
  return result;
}

void credential_bindings::bind(const credential_source_ptr& source,
                               const std::string& origin) {
  // A source may end meanwhile: then it ends without the lock.
  auto kept = std::vector<credential_source_ptr>{};
  auto held = std::unique_lock{mutex_};
  std::erase_if(bindings_, [](auto& x) { return x.source.expired(); });
  auto i = std::find_if(bindings_.begin(), bindings_.end(), [&](auto& x) {
    return kept.emplace_back(x.source.lock()) == source;
  });
  if (i != bindings_.end() && i->origin != origin)
    throw credential_fault{"its credentials belong to " + i->origin
                           + ", and are not sent to " + origin};
  if (i != bindings_.end())
    return;
  auto weak = weak_from_this();
  auto changed = std::make_shared<std::function<void()>>([weak, origin] {
    if (auto self = weak.lock())
      self->tell(origin);
  });
  bindings_.push_back({source, origin, changed});
  held.unlock();
  source->watch(changed);
}

void credential_bindings::tell(const std::string& origin) {
  auto held = std::unique_lock{mutex_};
  auto f = changed_;
  held.unlock();
  if (f)
    f(origin);
}

} // namespace troupe
