#pragma once

#include "troupe/actors/internal_messages.hpp"
#include "troupe/messages/mcp.hpp"

#include <utility>

namespace troupe {

/// What a client asks its supervisor for at the next start, what it tells its
/// server of itself, and what it knows of that from the starts before.
struct start_plan {
  implementation client;
  start_reason reason = start_reason::commanded;
  /// Counted up with each new specification.
  uint64_t spec_version = 0;
  known_dialect dialect = known_dialect::unknown;
  /// The server was started again without a probe already.
  bool probe_left_out = false;
  /// Its credential source has announced new ones since the last start.
  bool fresh_credentials = false;
  /// Of the current transport: a new specification has its own.
  milliseconds stop_grace{0};

  start_reason take_reason() {
    return std::exchange(reason, start_reason::commanded);
  }

  void on_new_spec() {
    ++spec_version;
    dialect = known_dialect::unknown;
    probe_left_out = false;
  }

  /// Whether a start that ended so is to be repeated at once, without a probe
  /// (MCP 2026-07-28, "Era detection"): the server did not answer one, and
  /// ended, or took it for our choice of the dialect. True at most once.
  bool leave_probe_out(errc why) {
    auto may_be_the_probe =
      why == errc::child_exited || why == errc::connection_lost
      || why == errc::handshake_failed || why == errc::no_common_version;
    return dialect == known_dialect::legacy_mute && may_be_the_probe
           && !std::exchange(probe_left_out, true);
  }
};

} // namespace troupe
