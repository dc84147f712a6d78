#pragma once

#include "troupe/tools/troupe/limits.hpp"
#include "troupe/tools/troupe/options.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace troupe::cli {

/// How many connections of each kind the control socket serves, and how many
/// bytes it holds for them.
struct slot_limits {
  size_t connections = limits::connections_max;
  size_t unfinished = limits::unfinished_max;
  size_t large = limits::large_max;
  size_t unfinished_bytes = limits::unfinished_bytes_max;
  size_t small_bytes = limits::on_loop_bytes_max;
  size_t looks = limits::looks_max;
  size_t calls = limits::calls_max;
  size_t calls_per_server = limits::server_calls_max;
  size_t errands = limits::errands_max;
  size_t errands_per_server = limits::server_errands_max;
  size_t unread = limits::unread_max;
  size_t unread_bytes = limits::unread_bytes_max;
  std::chrono::milliseconds idle_timeout = limits::idle_timeout;
};

/// Decides which connections the control socket serves, which are held back,
/// and which are dropped for others. Each kind has slots of its own, so that
/// none shuts out another:
///
///   unfinished --(its request is complete)--> look, call or errand
///   unfinished --(more than `small_bytes` of it came)--> large
///   large --(complete)--> whole --(parsed)--> look, call or errand
///   look, call, errand --(its result is there)--> making
///   making --(its answer is written as a line)--> unread --(all taken)--> gone
///
/// Looks (`list`, `status`) are answered at once; calls and errands (`tools`,
/// `reload`, `close`) may wait for a server, and are bounded for each server as
/// well. Without a slot those are refused.
///
/// Of unfinished requests the oldest has to go. Large and whole ones are
/// bounded in number, and share `unfinished_bytes`; above that, large ones
/// wait: no more of them is read. A whole one is never dropped, since our own
/// thread makes its room free. Where there is none, the large one of which most
/// has come is read on, so that one can always finish: the bound is exceeded by
/// one request at the most, and by `small_bytes` and a piece of each other. If
/// large ones alone exceed it, those that have sent nothing for `idle_timeout`
/// have to go, the longest idle one first.
///
/// Answers are bounded likewise: above `unread_bytes`, those of which nothing
/// was taken for `idle_timeout` have to go, so that a burst of large answers
/// costs no honest reader its own. Where readers are slow instead, calls and
/// errands are refused while answers have more than twice that, also those that
/// are still being made.
class control_slots {
public:
  using clock = std::chrono::steady_clock;

  explicit control_slots(slot_limits most = {});

  /// A new connection, which has not finished its request.
  void enter(uint64_t number);

  /// `bytes` more of its request have come. Not empty: why it cannot become a
  /// large one.
  std::string received(uint64_t number, size_t bytes, clock::time_point now);

  /// More of its request waits in its socket.
  void is_awake(uint64_t number, clock::time_point now);

  /// Whether reading of its request is paused until there is room. Changed by
  /// each `received` and `complete`, and by what frees room: `ask` and all
  /// below it.
  bool must_wait(uint64_t number) const;

  /// Its large request is complete, and takes `bytes` until it is parsed.
  void complete(uint64_t number, size_t bytes);

  /// Its request is parsed. Empty: it has a slot; else why there is none.
  std::string ask(uint64_t number, command what, const std::string& server);

  /// Its result is there, with about `bytes`, and is turned into an answer; it
  /// gives its slot back.
  void making(uint64_t number, size_t bytes);

  /// Its answer is made and has `bytes`.
  void answered(uint64_t number, size_t bytes, clock::time_point now);

  /// Its reader took `bytes`.
  void taken(uint64_t number, size_t bytes, clock::time_point now);

  void leave(uint64_t number);

  /// Whether no further connection may be accepted.
  bool full() const;

  /// Whether a limit is exceeded.
  bool crowded() const;

  /// The connections to drop now, so that the others fit; at least one of each
  /// kind stays.
  std::vector<uint64_t> excess(clock::time_point now) const;

private:
  enum class kind {
    unfinished,
    large,
    whole,
    look,
    call,
    errand,
    making,
    unread
  };

  struct slot {
    kind what = kind::unfinished;
    std::string server;
    size_t bytes = 0; // of a request that came, or of an answer that waits
    clock::time_point moved{}; // large or unread: when some came or was taken
  };

  /// How many of a kind may be under way, in all and for each server.
  struct rule {
    size_t all;
    size_t per_server;
    const char* words;
  };

  static kind kind_of(command what);
  rule rule_for(kind what) const;
  size_t count(kind what) const;
  size_t count(kind what, const std::string& server) const;
  size_t bytes(kind what) const;
  bool requests_fit() const;
  std::optional<uint64_t> furthest() const;
  /// Connections that have not moved since then, the longest idle one first; of
  /// equals the oldest.
  std::vector<uint64_t> idle(kind what, clock::time_point since) const;

  slot_limits most_;
  std::map<uint64_t, slot> slots_; // the oldest connection first
};

} // namespace troupe::cli
