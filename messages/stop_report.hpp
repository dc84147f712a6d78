#pragma once

#include "troupe/messages/errc.hpp"

#include <string>
#include <vector>

namespace troupe {

/// How sure we are that nothing of a server is left.
enum class proof : uint8_t {
  /// Nothing was ever started.
  never_started = 0,
  /// The kernel said so: the shim's `waitpid` returned ECHILD.
  empty,
  /// The shim died; the warden adopted and killed what it left until nothing
  /// was left.
  swept,
  /// Shim and warden died together: the leader and its group were killed, and
  /// what carried our mark; a process that shed both may live.
  best_effort,
  /// A process did not die of KILL (uninterruptible sleep); it is tried again.
  unkillable,
  /// There is no process: an in-process or remote server.
  no_process,
};

TROUPE_INSPECT_ENUM(proof)

std::string_view to_string(proof x);

/// Whether nothing is left, for certain.
inline bool is_clean(proof x) {
  return x != proof::best_effort && x != proof::unkillable;
}

/// How one life of a server's transport ended: the proof in the answer to
/// `close`, and what the supervisor judges.
struct stop_report {
  uint64_t incarnation = 0;
  /// Why: `closed` or `reloaded` when we wanted it, else the fault.
  errc why = errc::none;
  /// For people; holds the last lines of stderr where they help.
  std::string text;
  /// The leader's exit status if it exited by itself, else -1.
  int32_t exit_status = -1;
  /// The signal that ended the leader, else 0.
  int32_t term_signal = 0;
  /// The signals that we sent, in order: "TERM", "KILL".
  std::vector<std::string> signals;
  /// Processes that had to be killed, grandchildren included.
  uint32_t killed = 0;
  proof left = proof::never_started;
  /// errno of a failed start, else 0.
  int32_t start_errno = 0;
};

TROUPE_INSPECT(stop_report, incarnation, why, text, exit_status, term_signal,
               signals, killed, left, start_errno)

} // namespace troupe
