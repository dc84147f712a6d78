#pragma once

#include "troupe/actors/client/phases.hpp"
#include "troupe/messages/commands.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace troupe {

/// The state of a client over all of its connections: its phase, the deadlines
/// of the phase, why a start is queued or was put off, and what a status shows.
/// Each change of phase becomes an event for the monitor; the steps return the
/// events to report now. The event of a lost connection is held back for
/// `verdict_wait` and reported with the supervisor's decision on it: observers
/// would count two events as two failures. Knows no requests. Pure: the time is
/// given.
class life {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using events = std::vector<client_event>;

  enum class deadline : uint8_t {
    handshake, ///< of the connection attempt under way
    drain,     ///< of the calls in flight, when it reloads or closes
    proof,     ///< of the proof that nothing is left, once it stops
  };

  explicit life(const server_spec& spec);

  // -- the phase

  phase state() const {
    return phase_.state();
  }
  bool is(phase x) const {
    return state() == x;
  }

  /// Follows a row of `phases`. Where there is none, nothing changes and
  /// nothing is reported, except that `postponed` reports why it waits longer.
  events move(phase_event on, time_point now, errc why = errc::none,
              std::string text = {});
  /// Reports something that is no change of phase.
  events report(time_point now, errc why, std::string text);
  /// The event that was held back, if any, to report now.
  events release();

  /// It is to end for good; there is no way back.
  void close() {
    closing_ = true;
  }
  bool closing() const {
    return closing_;
  }
  /// It ends because the runtime does, which its callers are told.
  void stop_with_runtime() {
    runtime_stops_ = true;
  }

  // -- why a request is refused

  /// Why a call fails at once in this phase; empty: it may wait.
  std::optional<failure> refusal() const;
  failure closed() const;
  /// What keeps it from being ready, as far as that is known; else empty.
  std::string blocked_by() const;
  /// Adds when to ask again, or that a person is needed first: agents must not
  /// have to guess that.
  failure advised(failure why, time_point now) const;

  // -- the supervisor's gate

  /// The start is queued for this reason. Returns false if that is known
  /// already.
  bool queue(const failure& why, time_point now);
  /// The start is no longer queued. Returns since when it was, if it was.
  std::optional<time_point> leave_queue();
  bool queued() const {
    return queued_.has_value();
  }
  /// Why it is queued; empty: it is not.
  const std::optional<failure>& queued_for() const {
    return queued_;
  }
  /// Time until the supervisor's next try; 0: none is planned.
  void retry_in(milliseconds delay, time_point now);

  // -- deadlines

  void set(deadline what, time_point at);
  void clear(deadline what);
  std::optional<time_point> get(deadline what) const;
  bool is_due(deadline what, time_point now) const;
  /// The earliest of all of them, and of the event that is held back.
  std::optional<time_point> next_deadline() const;
  /// The event that was held back long enough.
  events on_time(time_point now);

  // -- what a status shows

  /// The members that are not derived from others.
  client_status& facts() {
    return status_;
  }
  const client_status& facts() const {
    return status_;
  }
  void fail(errc why, std::string text);
  client_status status(time_point now) const;

private:
  struct kept_event {
    client_event what;
    time_point until;
  };

  client_event event_of(phase from, time_point now, errc why,
                        std::string text) const;

  phases phase_;
  client_status status_;
  bool closing_ = false;
  bool runtime_stops_ = false;
  std::optional<failure> queued_;
  time_point queued_since_{};
  std::array<std::optional<time_point>, 3> deadlines_;
  std::optional<time_point> retry_at_;
  time_point ready_since_{};
  std::unique_ptr<kept_event> kept_; // rare, and large
};

} // namespace troupe
