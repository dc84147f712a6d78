#pragma once

#include "troupe/actors/client/asked_call.hpp"
#include "troupe/actors/client/fair_queue.hpp"
#include "troupe/actors/client/open_callers.hpp"
#include "troupe/actors/client/wait_deadline.hpp"
#include "troupe/actors/session/request_times.hpp"

#include <functional>
#include <map>
#include <unordered_map>

namespace troupe {

/// A request of an agent, from its arrival to its one answer.
struct asked_request {
  using time_point = std::chrono::steady_clock::time_point;

  asked_call what;
  call_reply to;
  open_callers::hold caller;
  /// Its total time runs from here. Put off by the time that the server's start
  /// was queued at the supervisor's gate.
  time_point arrived{};
  wait_deadline by{};           ///< of the current wait
  bool repeated = false;        ///< it was sent before
  fate so_far = fate::not_sent; ///< by the earlier try
  bool renewed = false;         ///< it was sent again with fresh headers
  uint64_t list = 0;            ///< number of the list its headers are of
};

/// The owner of all requests of one client: it keeps their total time and their
/// fate so far, and decides whether one is repeated. Each is answered once,
/// by an `ending` that a step returns. A fate never gets weaker: what may have
/// run once is not "not sent" because a second try was not.
///
///     arrived -> waiting -> sent -> answered
///                   ^         |
///                   +- repeat-+
///
/// A request that the server refused for its headers counts as sent while it
/// waits for a fresh list of tools (MCP 2026-07-28, "Custom Headers from Tool
/// Parameters"). Knows no frames and no phases. Pure: the time is given.
class request_book {
public:
  using time_point = asked_request::time_point;

  /// An answer that is to be given now.
  struct ending {
    asked_request of;
    answer<json> with;
  };
  using endings = std::vector<ending>;

  /// Whether a request does no harm when it is sent twice.
  using harmless_fn = std::function<bool(const asked_call&)>;

  explicit request_book(const server_spec& spec);
  /// New limits and times; requests that wait already keep their place.
  void configure(const server_spec& spec);

  // -- arrived

  static asked_request arrive(asked_call what, call_reply to, time_point now);
  /// Whether a request can be sent at once, if the server is ready.
  bool passes() const;
  bool full() const {
    return waiting_.full();
  }
  /// REQUIRES: not full. `queued`: the server's start is queued at the gate,
  /// where defaults are paused; here and below.
  void wait(asked_request&& x, time_point now, bool queued);

  // -- sent, by the ticket that the session gave it

  /// Whether a queued request may be sent.
  bool may_send() const;
  /// REQUIRES: `may_send`.
  asked_request take_next();
  /// What is left of its times, to be sent with; a total of 0 or less: it is
  /// overdue.
  request_times left(const asked_request& x, time_point now) const;
  void send(uint64_t ticket, asked_request&& x);
  /// The server asked back about it: from now on it counts as sent.
  void continues(uint64_t ticket);
  /// Null where there is none.
  const asked_request* find(uint64_t ticket) const;
  /// The ticket of the caller's request with that tag; 0: none was sent.
  uint64_t ticket_of(const caf::strong_actor_ptr& caller, uint64_t tag) const;
  /// Tickets in their order.
  std::vector<uint64_t> tickets_of(const caf::actor_addr& caller) const;

  // -- answered

  /// Ends a request. Empty: it was answered before.
  std::optional<ending> end(uint64_t ticket, answer<json> with);
  /// Ends a request that has no ticket. Its fate is that of `why`, or worse if
  /// an earlier try may have run.
  static ending refuse(asked_request&& x, failure why);
  endings cancel_waiting(const caf::strong_actor_ptr& caller, uint64_t tag,
                         const failure& why);
  endings end_waiting_of(const caf::actor_addr& caller, const failure& why);
  endings end_waiting(const failure& why);

  // -- sent once more

  /// Its answer was that the server has forgotten the session, and that it did
  /// not take the request (MCP, "Session Management"). Returns whether it is
  /// queued for the next session.
  bool repeat(uint64_t ticket, const failure& why, const harmless_fn& harmless,
              time_point now, bool queued);
  /// The server refused it for its headers. Returns whether it waits for list
  /// number `list`, or a later one, to be sent once more: only a tool's call
  /// has such headers, and it is retried once.
  bool await_list(uint64_t ticket, const failure& why, uint64_t list,
                  time_point now);
  bool awaits_list(uint64_t ticket) const {
    return refused_.count(ticket) > 0;
  }
  bool awaits_list() const {
    return !refused_.empty();
  }
  /// Whether a request waits for just this list.
  bool awaits_list_number(uint64_t list) const;
  /// That list is there: these are to be sent again.
  std::vector<asked_request> take_refused(uint64_t list);
  /// There will be no such list: what the server said is their answer.
  endings end_refused(uint64_t list);

  // -- its connection is lost

  /// `unsent`: the tickets of what was never written. Requests that may be
  /// repeated wait for the next session, where `harmless` is given: the session
  /// was forgotten. All others end.
  endings on_connection_lost(const failure& why,
                             const std::vector<uint64_t>& unsent,
                             const harmless_fn& harmless, time_point now,
                             bool queued);

  // -- time

  /// Requests whose deadline passed while they waited for the server or a list.
  struct overdue {
    std::vector<asked_request> waiting;
    endings refused;
  };
  overdue expire(time_point now);
  std::optional<time_point> next_deadline() const;
  /// The start is queued at the gate from now on.
  void on_queued();
  /// The start was queued for that time.
  void put_off(time_point begin, time_point end);

  size_t in_flight() const {
    return sent_.size();
  }
  size_t waiting() const {
    return waiting_.size();
  }

private:
  struct refused_request {
    failure why;
    uint64_t list = 0; // the first that may fit
    time_point by;
  };

  bool may_repeat(const asked_request& x, const harmless_fn& harmless) const;
  bool send_later(uint64_t ticket, bool repeated, fate so_far, time_point now,
                  bool queued);
  asked_request take(uint64_t ticket);
  request_times times_of(const asked_call& x) const;
  wait_deadline waits_until(const asked_request& x, time_point now) const;

  size_t in_flight_max_ = 0;
  request_times default_times_;
  bool keeps_arguments_ = false; // over HTTP, to send it once more
  fair_queue<asked_request> waiting_;
  std::unordered_map<uint64_t, asked_request> sent_;
  std::map<uint64_t, refused_request> refused_; // by ticket, which `sent_` has
};

} // namespace troupe
