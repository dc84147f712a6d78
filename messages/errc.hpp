#pragma once

#include "troupe/messages/caf_inspect.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

/// What went wrong. What an agent may do about it is in `fate`, not here.
enum class errc : uint8_t {
  /// Nothing went wrong.
  none = 0,

  // -- before anything was sent

  /// No server of that name is configured.
  unknown_server,
  /// The server is not ready and its policy is to refuse calls meanwhile.
  not_ready,
  /// A queue or the number of calls in flight is at its limit.
  overloaded,
  /// The call waited in a queue until its deadline.
  overdue,
  /// The client was closed, or is closing.
  closed,
  /// The runtime has stopped.
  runtime_stopped,
  /// The arguments are not a valid call (not an object, not UTF-8, too large).
  invalid_argument,
  /// The server does not offer what was asked for.
  not_supported,

  // -- while it was under way

  /// The server gave no answer in time.
  timed_out,
  /// The caller cancelled.
  cancelled,
  /// The server's process ended.
  child_exited,
  /// The connection or one of its streams ended.
  connection_lost,
  /// The server no longer knows our session.
  session_expired,
  /// The client was reloaded or replaced before the answer came.
  reloaded,
  /// The client actor ended.
  client_down,
  /// A handler of ours threw.
  internal_error,

  // -- what the server said

  /// The server answered with a JSON-RPC error.
  server_error,
  /// The server's answer breaks the protocol.
  protocol_error,
  /// What the server sent is larger than a limit.
  too_large,

  // -- why a server does not run

  /// The specification of the server cannot be used.
  invalid_spec,
  /// The program does not exist or may not be executed.
  program_not_found,
  /// The server's process could not be started.
  spawn_failed,
  /// The guard of all processes could not be started; nothing runs without it.
  warden_unavailable,
  /// The server did not answer the handshake in time.
  handshake_timed_out,
  /// The server refused the handshake or answered it wrongly.
  handshake_failed,
  /// Server and client share no protocol version.
  no_common_version,
  /// The server demands credentials.
  auth_required,
  /// The server stopped answering.
  liveness_lost,
  /// The server fails too often; it is tried again at long intervals.
  degraded,
  /// The server cannot work as it is configured; it is not tried again.
  failed,
};

TROUPE_INSPECT_ENUM(errc)

/// The code's name, as in the source.
std::string_view to_string(errc x);

/// The code's sentence, for people.
std::string_view explain(errc x);

/// What became of a request that failed: what an agent must know in order to
/// act on it.
enum class fate : uint8_t {
  /// It was never sent: safe to repeat.
  not_sent = 0,
  /// It was sent, wholly or in part, and may have run.
  outcome_unknown,
  /// The server answered, and refused or failed it.
  refused,
};

TROUPE_INSPECT_ENUM(fate)

std::string_view to_string(fate x);

} // namespace troupe
