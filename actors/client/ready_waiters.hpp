#pragma once

#include "troupe/actors/caf.hpp"
#include "troupe/actors/client/open_callers.hpp"
#include "troupe/actors/client/wait_deadline.hpp"
#include "troupe/messages/client_status.hpp"

#include <optional>
#include <vector>

namespace troupe {

/// Requests that wait until a client's server is ready. Pure: the time is
/// given.
class ready_waiters {
public:
  using time_point = wait_deadline::time_point;
  using replies = std::vector<reply<client_status>>;

  bool full() const {
    return waiters_.size() >= defaults::mailbox_messages_max;
  }

  /// REQUIRES: not full. `ended`: the last incarnation that had ended when this
  /// request came.
  void add(reply<client_status> to, open_callers::hold caller, wait_deadline by,
           uint64_t ended);

  replies take_all();
  /// Takes the waiters that asked before that incarnation had ended. One that
  /// asked after its end waits for the next try: an end from before the
  /// question is no answer. So does one that asked a client that has never had
  /// that incarnation, because it follows one that died.
  replies take_those_before(uint64_t incarnation);
  replies take_of(const caf::actor_addr& caller);
  /// `queued`: the start is queued at the gate, where defaults are paused.
  replies expire(time_point now, bool queued);

  std::optional<time_point> next_deadline(bool queued) const;
  /// The start was queued for that time.
  void put_off(time_point begin, time_point end);

private:
  struct waiter {
    reply<client_status> to;
    open_callers::hold caller;
    wait_deadline by;
    uint64_t ended = 0;
  };

  template <class F>
  replies take(F is_it);

  std::vector<waiter> waiters_;
};

} // namespace troupe
