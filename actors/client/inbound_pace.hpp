#pragma once

#include "troupe/messages/defaults.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace troupe {

/// Throttles a server that sends too much unsolicited traffic. Frames and bytes
/// that answer no open request are charged to a budget; while it is overdrawn,
/// the server is not to be read. Pure: the time is given.
///
///     free --(overdrawn)--> held --(paid)--> watched --(overdrawn)--> held
///     watched --(credit is back)--> free
class inbound_pace {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::nanoseconds;

  /// Charges traffic that answers no request.
  void charge(size_t frames, size_t bytes, time_point now);

  /// Ends a pause that is paid for. Called at or after `deadline`.
  void on_time(time_point now);

  /// When `on_time` has something to do.
  std::optional<time_point> deadline() const;

  /// Whether reading is paused.
  bool held() const {
    return state_ == state::held;
  }
  /// Whether reading is paused, or was until lately.
  bool throttled() const {
    return state_ != state::free;
  }

private:
  enum class state : uint8_t { free, held, watched };

  /// What was charged, in the time that the budget grants for it.
  static duration worth(size_t frames, size_t bytes);

  state state_ = state::free;
  /// When the budget is even. After now: a debt is paid by then. Before now:
  /// credit has grown since.
  time_point paid_at_{};
};

/// What a status says of a server that is throttled.
std::string throttled_text();

} // namespace troupe
