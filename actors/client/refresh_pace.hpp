#pragma once

#include "troupe/messages/defaults.hpp"

#include <algorithm>
#include <chrono>

namespace troupe {

/// How often a list is read again because its server says that it has changed:
/// at once after a quiet time, else after a pause that grows while the server
/// goes on saying so. Pure.
class refresh_pace {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// When the next refresh may begin.
  time_point next(time_point now) const {
    return std::max(now, earliest_);
  }

  /// A refresh begins, at or after `next`.
  void begin(time_point now) {
    auto quiet = now >= earliest_ + pause_;
    pause_ = quiet
               ? defaults::refresh_pause
               : std::min<duration>(2 * pause_, defaults::refresh_pause_max);
    earliest_ = now + pause_;
  }

private:
  using duration = std::chrono::steady_clock::duration;

  duration pause_ = defaults::refresh_pause;
  time_point earliest_{};
};

} // namespace troupe
