#pragma once

#include "troupe/actors/session/events.hpp"
#include "troupe/messages/json/json.hpp"

#include <string>
#include <utility>
#include <vector>

namespace troupe {

class frame_sender;
struct pending_request;

/// What a request is made of: enough to write it, and to write it once more
/// when the server has asked back (MCP 2026-07-28, "Multi Round-Trip
/// Requests").
struct outgoing_request {
  std::string method;
  /// The tool, prompt or resource that it is about; empty: none.
  std::string name;
  /// Of `tools/call` the arguments, else the params; null or an object.
  json params;
  /// The caller's members of `_meta`; null or an object.
  json meta;
  /// Of the arguments that travel as HTTP headers.
  std::vector<std::pair<std::string, std::string>> headers;
};

/// What a retry carries besides.
struct given_input {
  /// `inputResponses`: an object, or null where nothing was asked.
  json responses;
  /// `requestState` as it came, a string; null where there was none.
  json state;
};

/// Sends a request, whose id also is its progress token. `as`: has its ticket
/// and its deadline. `input`: what the server asked for after it had the
/// request; null: it did not ask.
void send_request(const frame_sender& sender, uint64_t id,
                  const pending_request& as, const outgoing_request& what,
                  const given_input* input, session_events& out);

} // namespace troupe
