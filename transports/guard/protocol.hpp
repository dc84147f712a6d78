#pragma once

#include "troupe/transports/guard/packet.hpp"

#include <cstdint>

/// The packets between host, warden and shim. One packet is one message;
/// descriptors travel beside it. Both ends come from one build: a packet of
/// another version is refused.
///
///     host ----- spawn, sweep, probe --> warden     (one socket)
///     host <---- hello, forked, fork_failed, shim_ended, swept,
///                alive ----------------- warden
///     host ----- stop -----------------> shim       (one socket each)
///     host <---- started, start_failed, stopping, exited, unkillable,
///                gone ------------------ shim
namespace troupe::guard_protocol {

// -- host to warden ----------------------------------------------------------

/// Fork a shim. Descriptors: `spawn_fds`. `id` is never used twice by a host.
struct spawn {
  static constexpr auto kind = packet_kind::spawn;
  uint64_t id = 0;
  /// How long the shim waits, twice, once the host has died.
  int64_t host_death_grace_ms = 0;
};

/// The order of the descriptors beside `spawn`.
enum spawn_fd : size_t {
  fd_control,
  fd_stdin,
  fd_stdout,
  fd_stderr,
  fd_launch,
  spawn_fds,
};

/// Kill what carries the mark of this host and `link`, has a number below
/// `horizon`, and is not in the list: descriptor 0, sorted 64-bit numbers.
struct sweep {
  static constexpr auto kind = packet_kind::sweep;
  int64_t host_pid = 0;
  uint64_t host_start = 0;
  uint64_t round = 0;
  uint64_t link = 0;
  uint64_t horizon = 0;
};

/// Asks whether the warden answers. Answered by `alive` at once.
struct probe {
  static constexpr auto kind = packet_kind::probe;
  uint64_t number = 0;
};

// -- warden to host ----------------------------------------------------------

/// The first packet, sent at once. Descriptor 0: the warden's own pidfd.
struct hello {
  static constexpr auto kind = packet_kind::hello;
  int32_t pid = 0;
};

/// Descriptor 0, if there is one: the shim's pidfd.
struct forked {
  static constexpr auto kind = packet_kind::forked;
  uint64_t id = 0;
  int64_t shim_pid = 0;
};

struct fork_failed {
  static constexpr auto kind = packet_kind::fork_failed;
  uint64_t id = 0;
  int64_t error = 0;
};

/// The shim was reaped, and whatever it left behind has been killed.
struct shim_ended {
  static constexpr auto kind = packet_kind::shim_ended;
  uint64_t id = 0;
  /// It ended by itself, after it had said `gone`.
  uint32_t orderly = 0;
  uint32_t killed = 0;
};

struct swept {
  static constexpr auto kind = packet_kind::swept;
  uint64_t round = 0;
  uint64_t killed = 0;
};

struct alive {
  static constexpr auto kind = packet_kind::alive;
  uint64_t number = 0;
};

// -- host to shim ------------------------------------------------------------

/// Answered by `stopping` at once; the shortest of all graces counts.
struct stop {
  static constexpr auto kind = packet_kind::stop;
  uint32_t grace_ms = 0;
};

// -- shim to host ------------------------------------------------------------

/// Descriptor 0, if there is one: the leader's pidfd.
struct started {
  static constexpr auto kind = packet_kind::started;
  int32_t pid = 0;
};

/// The step of a start that failed.
enum class start_step : uint32_t { request, fork, chdir, exec, overdue };

struct start_failed {
  static constexpr auto kind = packet_kind::start_failed;
  int32_t error = 0;
  start_step step = start_step::request;
};

/// The shim has received the stop.
struct stopping {
  static constexpr auto kind = packet_kind::stopping;
  uint32_t grace_ms = 0;
};

/// The leader ended by itself: a status, or a signal.
struct exited {
  static constexpr auto kind = packet_kind::exited;
  int32_t exit_status = -1;
  int32_t term_signal = 0;
};

struct unkillable {
  static constexpr auto kind = packet_kind::unkillable;
  int32_t pid = 0;
};

/// `waitpid` said ECHILD: no descendant is left.
struct gone {
  static constexpr auto kind = packet_kind::gone;
  int32_t exit_status = -1;
  int32_t term_signal = 0;
  uint32_t sent_term = 0;
  uint32_t sent_kill = 0;
  uint32_t killed = 0;
};

} // namespace troupe::guard_protocol
