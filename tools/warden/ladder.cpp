#include "troupe/tools/warden/ladder.hpp"

#include <algorithm>

namespace troupe::guard {

ladder::ladder(milliseconds host_death_grace)
  : host_death_grace_(host_death_grace) {
  // nop
}

void ladder::stop(clock::time_point now, milliseconds grace) {
  if (rung_ == rung::running) {
    rung_ = rung::asked;
    grace_ = grace;
    due_ = now + grace;
    return;
  }
  grace_ = std::min(grace_, grace);
  due_ = std::min(due_, now + grace);
}

void ladder::host_gone(clock::time_point now) {
  stop(now, host_death_grace_);
}

void ladder::leader_ended(clock::time_point now) {
  stop(now, host_death_grace_);
  if (rung_ == rung::asked)
    due_ = now;
}

ladder::action ladder::advance(clock::time_point now) {
  if (rung_ == rung::asked && now >= due_) {
    rung_ = rung::terminated;
    due_ = now + grace_;
    return action::terminate;
  }
  if (rung_ == rung::terminated && now >= due_) {
    rung_ = rung::killing;
    return action::kill;
  }
  return action::none;
}

std::optional<clock::time_point> ladder::due() const {
  if (rung_ == rung::asked || rung_ == rung::terminated)
    return due_;
  return std::nullopt;
}

} // namespace troupe::guard
