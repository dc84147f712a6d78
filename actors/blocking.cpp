#include "troupe/actors/blocking.hpp"

namespace troupe {

bool wait_until_down(caf::actor_system& system,
                     const std::vector<caf::actor>& all,
                     std::chrono::milliseconds timeout) {
  using clock = std::chrono::steady_clock;
  caf::scoped_actor self{system};
  for (auto& x : all)
    self->monitor(x);
  auto deadline = clock::now() + timeout;
  for (auto left = all.size(); left > 0; --left) {
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
