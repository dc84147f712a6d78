#pragma once

#include "troupe/messages/failure.hpp"
#include "troupe/messages/server_spec.hpp"

/// Requests of servers to their client.
namespace troupe {

/// What a server asks for while it works. Sent to the handler that the embedder
/// named for it; answered with `answer<input_result>`: an `elicit_result`, a
/// `create_message_result` or a `list_roots_result`, or a failure. An answer
/// after `timeout` is ignored.
struct server_request {
  enum class kind : uint8_t {
    elicitation = 0, ///< elicitation/create: ask the user
    sampling,        ///< sampling/createMessage: ask a model
    roots,           ///< roots/list: which folders are concerned
  };
  std::string server;
  uint64_t incarnation = 0;
  /// Unique within the incarnation.
  uint64_t id = 0;
  kind what = kind::elicitation;
  /// As the server sent them; null where absent. See `parse_elicit_request`
  /// and `parse_sampling_request`.
  json params;
  milliseconds timeout{0};
};

TROUPE_INSPECT_ENUM(server_request::kind)
TROUPE_INSPECT(server_request, server, incarnation, id, what, params, timeout)

/// That answer is not needed any more: the server, or the caller for whom it
/// worked, has given up.
struct server_request_cancelled {
  std::string server;
  uint64_t incarnation = 0;
  uint64_t id = 0;
};

TROUPE_INSPECT(server_request_cancelled, server, incarnation, id)

/// What a client declares to its server (schema: ClientCapabilities): the kinds
/// of requests that have a handler.
struct client_capabilities {
  bool elicitation = false;
  /// Elicitation in mode `url`: the user is sent to a web page.
  bool elicitation_url = false;
  bool sampling = false;
  bool roots = false;

  friend bool operator==(const client_capabilities&,
                         const client_capabilities&) = default;
};

TROUPE_INSPECT(client_capabilities, elicitation, elicitation_url, sampling,
               roots)

} // namespace troupe
