#pragma once

#include "troupe/messages/client_identity.hpp"
#include "troupe/messages/known_dialect.hpp"
#include "troupe/messages/server_requests.hpp"
#include "troupe/messages/server_spec.hpp"

namespace troupe {

/// How frames travel.
enum class wire_kind : uint8_t {
  lines = 0, ///< one after another, both ways: stdio, pipes
  /// Each in an HTTP request of its own (MCP 2025-03-26 and later).
  streamable_http,
  /// Answers come by one stream (MCP 2024-11-05, "HTTP with SSE").
  http_sse,
};

struct session_options {
  implementation client = default_client();
  wire_kind wire = wire_kind::lines;
  /// Seeds the jitter of the times at which streams are opened again.
  uint32_t seed = 1;
  dialect_choice dialect = dialect_choice::automatic;
  known_dialect known = known_dialect::unknown;
  server_timeouts timeouts;
  server_limits limits;
  /// What is declared to the server: the requests that a handler answers.
  client_capabilities capabilities;
};

} // namespace troupe
