#pragma once

#include "troupe/messages/server_spec.hpp"

#include <chrono>
#include <optional>

namespace troupe {

/// Watches whether a silent server still lives (legacy dialect: modern has no
/// ping). Any JSON-RPC message is life, an error too. Knows times only; its
/// owner sends what it asks for.
///
/// While requests are under way their own deadlines judge the server: one that
/// works on a call may be unable to answer a ping. A request that becomes
/// overdue without a sign of life puts the server under suspicion.
class liveness {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// What to do at a deadline.
  enum class action : uint8_t {
    none,
    ping,
    /// Pings were in vain; some servers only know the real thing.
    confirm,
    /// That was in vain, too.
    give_up
  };

  explicit liveness(const server_timeouts& timeouts);

  /// From now on the server is watched. Never called: it is not.
  void start(time_point now);

  /// The server said something.
  void alive(time_point now);

  /// A request that was sent at `sent` became overdue.
  void suspect(time_point sent);

  /// `busy`: requests are under way.
  std::optional<time_point> deadline(bool busy) const;

  action on_time(time_point now, bool busy);

private:
  milliseconds after_idle_;
  milliseconds timeout_;
  bool watching_ = false;
  bool suspected_ = false;
  /// Pings and confirmations sent since the last sign of life.
  size_t asked_ = 0;
  time_point heard_;
  /// When the last of them counts as missed.
  time_point answer_due_;
};

} // namespace troupe
