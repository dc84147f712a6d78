#pragma once

#include "troupe/messages/defaults.hpp"

#include <algorithm>
#include <chrono>

namespace troupe {

/// The deadline of a wait for a server. A time that the caller named always
/// counts. A default is paused while the server's start is queued at the full
/// gate, which is no fault of the server, for `ready_wait_max` at most. Pure.
class wait_deadline {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Without end, until `named` or `usual` set one. It begins at `now`.
  explicit wait_deadline(time_point now = {}) : since_(now) {
    // nop
  }

  /// The caller gave this time; of several the earliest counts.
  void named(time_point x) {
    named_ = std::min(named_, x);
  }

  /// This is a default; of several the earliest counts.
  void usual(time_point x) {
    usual_ = std::min(usual_, x);
    latest_ = usual_ + defaults::ready_wait_max;
  }

  /// `at_gate`: the start is queued just now.
  time_point due(bool at_gate) const {
    return std::min(named_, at_gate ? latest_ : usual_);
  }

  /// The start was queued from `begin` until `end`. Returns by how much the
  /// default was put off for that.
  time_point::duration put_off(time_point begin, time_point end) {
    if (usual_ == time_point::max())
      return {};
    auto stood = end - std::max(begin, since_);
    auto before = usual_;
    usual_ = std::min(latest_, usual_ + stood);
    return usual_ - before;
  }

private:
  time_point since_;
  time_point named_ = time_point::max();
  time_point usual_ = time_point::max();
  time_point latest_ =
    time_point::max(); // of the default, however it is put off
};

} // namespace troupe
