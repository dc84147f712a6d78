#pragma once

#include "troupe/messages/mcp.hpp"
#include "troupe/messages/stop_report.hpp"

#include <chrono>

namespace troupe {

/// Where a client stands (ARCHITECTURE.md, "The client's phases").
enum class phase : uint8_t {
  idle = 0,
  connecting,
  handshaking,
  ready,
  draining,
  backoff,
  degraded,
  failed,
  auth_required,
  stopping,
  stopped,
};

TROUPE_INSPECT_ENUM(phase)

std::string_view to_string(phase x);

/// What a client says of itself. Times are durations at the moment of asking.
struct client_status {
  std::string name;
  phase state = phase::idle;
  uint64_t incarnation = 0;
  /// As in the spec: "stdio", "http", "sse" or "pipe".
  std::string transport;
  /// Process id of the server's first process; 0 where there is none.
  int32_t pid = 0;
  /// Time since `ready`; 0 unless ready or draining.
  std::chrono::milliseconds uptime{0};
  /// Starts after the first one.
  uint64_t restarts = 0;
  uint64_t in_flight = 0;
  /// Calls that wait for the server to become ready.
  uint64_t waiting = 0;
  /// Frames that wait for the server's stdin.
  uint64_t outbox_frames = 0;
  uint64_t calls_total = 0;
  uint64_t calls_failed = 0;
  /// Answers that came after their call had ended, or to no known request.
  uint64_t late_answers = 0;
  /// Lines on stdout that were not a message.
  uint64_t noise_lines = 0;
  errc last_error = errc::none;
  std::string last_error_text;
  /// Time until the next start attempt; 0 where none is planned.
  std::chrono::milliseconds next_retry{0};
  /// The protocol version in force; empty before the handshake.
  std::string protocol_version;
  implementation server;
  std::string instructions;
  /// What the platform cannot promise for this server; empty: full containment.
  std::string weaker_guarantee;
  /// Why its output is read more slowly than it is written; empty: it is not.
  std::string throttled;
  /// How the previous incarnation ended.
  stop_report last_stop;
};

TROUPE_INSPECT(client_status, name, state, incarnation, transport, pid, uptime,
               restarts, in_flight, waiting, outbox_frames, calls_total,
               calls_failed, late_answers, noise_lines, last_error,
               last_error_text, next_retry, protocol_version, server,
               instructions, weaker_guarantee, throttled, last_stop)

} // namespace troupe
