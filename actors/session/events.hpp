#pragma once

#include "troupe/actors/session/server_capabilities.hpp"
#include "troupe/messages/commands.hpp"
#include "troupe/messages/known_dialect.hpp"
#include "troupe/transports/exchange.hpp"

#include <string>
#include <variant>
#include <vector>

/// What a session tells its owner, in order.
namespace troupe {

/// Write this frame. `ticket` names the request in it; 0: there is none, or the
/// session asks for itself. `order`: over HTTP only, where the frame may be
/// empty.
struct send_frame {
  std::string frame;
  uint64_t ticket = 0;
  exchange_order_ptr order;
  /// The server has answered an earlier frame of that request: whatever becomes
  /// of this one, the request was sent.
  bool continues = false;
};

/// Close that exchange: its response is not needed any more.
struct drop_exchange {
  uint64_t id = 0;
};

/// The server gave a valid answer to the handshake: it is ready.
struct session_established {
  std::string version;
  known_dialect dialect = known_dialect::legacy;
  implementation server;
  std::string instructions;
  json capabilities;
};

/// The session cannot go on: close the connection.
struct session_failed {
  failure why; ///< handshake_failed, no_common_version, liveness_lost, ...
};

/// The terminal answer to `request` or `call_tool`.
struct request_answered {
  uint64_t ticket = 0;
  json result;
  failure error;           ///< code `none`: there is a result
  bool asked_back = false; ///< the server asked for input before
};

/// The terminal answer to `list`.
struct list_ended {
  uint64_t ticket = 0;
  offer_kind what = offer_kind::tools;
  answer<offer_list> list;
};

/// Only for a request that wants progress: `call_tool` with a tag, or
/// `request_options::wants_progress`. All progress starts the idle time anew.
struct request_progressed {
  uint64_t ticket = 0;
  double progress = 0;
  double total = 0;
  std::string message;
};

/// A request's idle or total deadline has passed, or a list's; it stays open
/// until its owner calls `abandon` or `forget`, or the answer comes after all.
struct request_overdue {
  uint64_t ticket = 0;
};

/// notifications/.../list_changed. `resources` stands for templates as well.
struct offers_changed {
  offer_kind what = offer_kind::tools;
};

/// The server asks for input: answer with `session::give_input`.
struct input_wanted {
  uint64_t key = 0;
  server_request::kind what = server_request::kind::elicitation;
  json params;
  milliseconds timeout{0};
};

/// The answer to `input_wanted` with that key is not needed any more.
struct input_withdrawn {
  uint64_t key = 0;
};

/// Something to tell people: the server's log, a breach of the protocol that
/// was dropped, a line that was no JSON.
struct session_remark {
  diagnostic::kind what = diagnostic::kind::protocol_fault;
  std::string text;
};

using session_event =
  std::variant<send_frame, drop_exchange, session_established, session_failed,
               request_answered, list_ended, request_progressed,
               request_overdue, offers_changed, input_wanted, input_withdrawn,
               session_remark>;

using session_events = std::vector<session_event>;

} // namespace troupe
