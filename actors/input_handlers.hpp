#pragma once

#include "troupe/actors/caf.hpp"
#include "troupe/messages/server_requests.hpp"

#include <map>
#include <string>

namespace troupe {

/// An actor of the embedder that answers requests of servers, and which kinds
/// of them: it gets `server_request` and `server_request_cancelled`. Kinds that
/// it does not answer are not declared to the server.
struct input_handler {
  caf::actor who;
  client_capabilities can;
};

TROUPE_INSPECT(input_handler, who, can)

/// The handler of each server.
struct input_handlers {
  /// For servers that are not named below. Empty: none.
  input_handler otherwise;
  std::map<std::string, input_handler> by_server;

  const input_handler& of(const std::string& server) const {
    auto i = by_server.find(server);
    return i == by_server.end() ? otherwise : i->second;
  }
};

/// Sets another handler while the runtime runs; an empty handle removes it. A
/// server is told at its next start. Where the old handler has ended and the
/// new one declares the same, it is used at once.
struct set_input_handler {
  /// Empty: for all servers that were not named.
  std::string server;
  input_handler handler;
};

TROUPE_INSPECT(set_input_handler, server, handler)

} // namespace troupe
