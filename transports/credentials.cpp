#include "troupe/transports/credentials.hpp"

namespace troupe {

void credential_source::tell_changed() {
  auto held = std::unique_lock{mutex_};
  auto all = watchers_;
  held.unlock();
  for (auto& x : all)
    if (auto f = x.lock())
      (*f)();
}

void credential_source::watch(std::weak_ptr<std::function<void()>> f) {
  auto held = std::unique_lock{mutex_};
  std::erase_if(watchers_, [](auto& x) { return x.expired(); });
  watchers_.push_back(std::move(f));
}

} // namespace troupe
