#pragma once

#include "troupe/messages/server_spec.hpp"
#include "troupe/messages/stop_report.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace troupe {

/// One life of a server, as its supervisor saw it.
struct server_life {
  using time_point = std::chrono::steady_clock::time_point;

  time_point started;
  std::optional<time_point> ready;
  /// Whether it answered a request after the handshake.
  bool proven = false;
};

/// What to do after a server ended.
struct restart_verdict {
  enum class kind : uint8_t {
    none,     ///< its end was wanted, or its restart_type says no
    restart,  ///< after `delay`, which may be 0
    degraded, ///< too often; a probe after `delay`
    failed,   ///< it cannot work until something is changed
  };
  kind what = kind::none;
  milliseconds delay{0};
};

/// Decides what to do after a server's end, by its earlier ones. Pure: time and
/// randomness are handed in. Kept by the supervisor, by server, so that it
/// survives the client and the transport.
///
/// A failure within `intensity` failures in `period` parks the server. Waits
/// grow from `backoff_first` by `backoff_factor` to `backoff_max`, and begin
/// anew after a life that was stable: long *and* proven. A server that lived
/// `prompt_after` is restarted at once.
class restart_history {
public:
  using time_point = server_life::time_point;

  explicit restart_history(restart_policy policy);

  /// A life ended without being told to. `random_unit` is uniform in [0, 1).
  restart_verdict on_end(const server_life& life, const stop_report& how,
                         time_point now, double random_unit);

  /// A person commanded a start: the next failures count from here.
  void on_command();

  /// The last end was a reaction to the probe, not a failure. It still counts
  /// as a quick exit: it does not show that the program works.
  void forgive();

  /// From now on another policy decides; what happened stays.
  void adopt(restart_policy policy) {
    policy_ = policy;
  }

  /// Lives after the first.
  uint64_t restarts() const {
    return lives_ > 0 ? lives_ - 1 : 0;
  }

  void on_start() {
    ++lives_;
  }

private:
  bool permanent(const server_life& life, const stop_report& how,
                 time_point now);
  void count(time_point now);
  milliseconds wait(const server_life& life, time_point now,
                    double random_unit);
  milliseconds vary(milliseconds x, double random_unit) const;

  restart_policy policy_;
  struct record {
    std::vector<time_point> failures; // within `period`, at most `intensity`
    uint32_t in_a_row = 0;            // since the last stable life
    bool parked = false;
  };
  record now_;
  record before_; // before the last end
  uint64_t lives_ = 0;
  bool was_ready_ = false;
  uint32_t quick_exits_ = 0;
  int quick_exit_status_ = 0;
};

} // namespace troupe
