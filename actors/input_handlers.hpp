#pragma once

#include "troupe/actors/caf.hpp"
#include "troupe/messages/server_requests.hpp"

#include <map>
#include <string>

namespace troupe {

/// An actor of the embedder that answers what servers want to know, and what of
/// that it answers: it gets `server_request` and `server_request_cancelled`.
/// What it does not answer is not declared to the server.
struct input_handler {
  caf::actor who;
  client_capabilities can;
};

TROUPE_INSPECT(input_handler, who, can)

/// Who that is, for each server.
struct input_handlers {
  /// For servers that are not named below. Empty: nobody.
  input_handler otherwise;
  std::map<std::string, input_handler> by_server;

  const input_handler& of(const std::string& server) const {
    auto i = by_server.find(server);
    return i == by_server.end() ? otherwise : i->second;
  }
};

/// Names another handler while the runtime runs, or by an empty handle none. A
/// server hears of it with its next start. Where the old handler has ended and
/// the new one does the same, it is asked from now on.
struct set_input_handler {
  /// Empty: for all servers that were not named.
  std::string server;
  input_handler handler;
};

TROUPE_INSPECT(set_input_handler, server, handler)

} // namespace troupe
