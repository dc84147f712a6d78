#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe {

struct outgoing_request;

/// A request that the server has not answered.
struct pending_request {
  using time_point = std::chrono::steady_clock::time_point;

  /// How the owner of the session names it.
  uint64_t ticket = 0;
  /// One page of a list: what comes back goes to the list.
  bool page = false;
  bool wants_progress = false;
  time_point sent;
  /// Longest silence of the server about it; progress restarts that.
  std::chrono::milliseconds idle{0};
  /// Nothing moves this deadline.
  time_point total_deadline;
  /// What it was made of, where the server may ask back (modern): it is then
  /// sent once more, as another request.
  std::shared_ptr<const outgoing_request> origin;
  /// How often the server has asked back.
  size_t rounds = 0;
  /// Not sent yet: the input that the server needs is being looked for.
  bool held = false;
  std::chrono::milliseconds idle_after_input{0};
  /// The last value that the server named.
  double progress = -std::numeric_limits<double>::infinity();
};

/// The requests in flight, by id, with their deadlines in order. Adding and
/// taking cost O(log n); asking for the next deadline costs nothing. A ticket
/// is in flight under one id at a time.
class pending_requests {
public:
  using time_point = pending_request::time_point;

  void add(uint64_t id, pending_request what);

  /// Takes it out, with its deadline.
  std::optional<pending_request> take(uint64_t id);

  /// Takes the request that an answer names. One that is held was not sent:
  /// what names it is no answer.
  std::optional<pending_request> take_answered(uint64_t id);

  pending_request* find(uint64_t id);
  const pending_request* find(uint64_t id) const;

  /// The id under which the ticket is in flight.
  std::optional<uint64_t> id_of(uint64_t ticket) const;

  /// Starts the idle time of one anew, since the server works on it; its total
  /// deadline stays.
  void restart_idle(uint64_t id, time_point now);

  /// Starts the idle time of all anew, since the server waits for us.
  void restart_all(time_point now);

  /// The requests whose deadline has passed. Each is named once, and stays.
  std::vector<pending_request> due(time_point now);

  std::optional<time_point> next_deadline() const;

  /// Forgets all of them. Returns their tickets, in order.
  std::vector<uint64_t> clear();

  /// Whether the server owes an answer: not all are held.
  bool any_sent() const {
    return requests_.size() > held_;
  }

  size_t size() const {
    return requests_.size();
  }

private:
  struct entry {
    pending_request what;
    time_point deadline;
  };

  std::unordered_map<uint64_t, entry> requests_;
  /// By ticket, the ids of those that are not their ticket: further pages of a
  /// list, and requests that are sent once more.
  std::unordered_map<uint64_t, uint64_t> later_ids_;
  size_t held_ = 0;
  /// One for each that was not yet named as due.
  std::set<std::pair<time_point, uint64_t>> deadlines_;
};

} // namespace troupe
