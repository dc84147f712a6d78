#pragma once

#include <chrono>
#include <optional>

namespace troupe::guard {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// When a server's processes get which signal. Pure.
///
///     running --(stop, host gone)--> asked --(grace)--> terminated
///        \--(leader ended)------------------------------^   |
///                                                   (grace) v
///                                                        killing
///
/// `asked`: its stdin was closed. Nothing leads back, and a second cause only
/// ever shortens the waits.
class ladder {
public:
  enum class rung { running, asked, terminated, killing };
  enum class action { none, terminate, kill };

  explicit ladder(milliseconds host_death_grace);

  void stop(clock::time_point now, milliseconds grace);
  void host_gone(clock::time_point now);
  /// Its descendants get the host death's grace: they have no client any more.
  void leader_ended(clock::time_point now);

  /// What is due now; to be called until it says `none`.
  action advance(clock::time_point now);

  rung at() const {
    return rung_;
  }

  /// When `advance` has to be called again; nothing while running or killing.
  std::optional<clock::time_point> due() const;

private:
  rung rung_ = rung::running;
  milliseconds host_death_grace_;
  milliseconds grace_{0};
  clock::time_point due_;
};

} // namespace troupe::guard
