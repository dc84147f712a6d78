#include "troupe/actors/blocking.hpp"

#include <algorithm>
#include <set>

namespace troupe {

/// Each actor once, and none for an empty handle.
static std::set<caf::actor> those_there(const std::vector<caf::actor>& all) {
  std::set<caf::actor> result{all.begin(), all.end()};
  result.erase(caf::actor{});
  return result;
}

bool wait_until_down(caf::actor_system& system,
                     const std::vector<caf::actor>& all,
                     std::chrono::milliseconds timeout) {
  using clock = std::chrono::steady_clock;
  thread_visit visit{system};
  caf::scoped_actor self{system};
  auto awaited = those_there(all);
  for (auto& x : awaited)
    self->monitor(x);
  auto deadline = clock::now() + timeout;
  for (auto left = awaited.size(); left > 0; --left) {
    auto most = std::max(deadline - clock::now(), clock::duration::zero());
    bool down = false;
    self->receive([&](const caf::down_msg&) { down = true; },
                  caf::after(most) >> [] {});
    if (!down)
      return false;
  }
  return true;
}

} // namespace troupe
