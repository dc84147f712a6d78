#pragma once

#include "troupe/actors/session/server_capabilities.hpp"
#include "troupe/messages/commands.hpp"
#include "troupe/messages/json/rpc.hpp"
#include "troupe/messages/known_dialect.hpp"
#include "troupe/transports/exchange.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe {

/// How frames travel.
enum class wire_kind : uint8_t {
  lines = 0, ///< one after another, both ways: stdio, pipes
  /// Each in an HTTP request of its own (MCP 2025-03-26 and later).
  streamable_http,
  /// Answers come by one stream (MCP 2024-11-05, "HTTP with SSE").
  http_sse,
};

// -- what a session tells its owner, in order ---------------------------------

/// Write this. `ticket` names the request in it; 0: none. `order`: over HTTP
/// only, where the frame may be empty.
struct send_frame {
  std::string frame;
  uint64_t ticket = 0;
  exchange_order_ptr order;
  /// The server has answered an earlier frame of that request: whatever becomes
  /// of this one, the request was sent.
  bool continues = false;
};

/// Nobody waits for the response of that exchange any more.
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

/// The session cannot go on; the connection is of no use any more.
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

/// The server wants to know something: answer with `session::give_input`.
struct input_wanted {
  uint64_t key = 0;
  server_request::kind what = server_request::kind::elicitation;
  json params;
  milliseconds timeout{0};
};

/// Nobody waits for that any more.
struct input_unwanted {
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
               request_overdue, offers_changed, input_wanted, input_unwanted,
               session_remark>;

using session_events = std::vector<session_event>;

// -- the session --------------------------------------------------------------

struct session_options {
  implementation client{"troupe", "", "0.1.0"};
  wire_kind wire = wire_kind::lines;
  /// Varies the times at which streams are opened again.
  uint32_t seed = 1;
  dialect_choice dialect = dialect_choice::automatic;
  known_dialect known = known_dialect::unknown;
  server_timeouts timeouts;
  server_limits limits;
  /// What somebody is there to answer.
  client_capabilities capabilities;
};

/// Counters that a status shows.
struct session_counts {
  uint64_t late_answers = 0;    ///< for requests that had ended, or never were
  uint64_t noise_lines = 0;     ///< no JSON
  uint64_t protocol_faults = 0; ///< JSON, but against the protocol
};

/// What a server said that answers no open request of ours.
struct unasked_traffic {
  size_t frames = 0;
  size_t bytes = 0;
};

/// The protocol with one server over one connection: a plain object without
/// I/O, threads or clock. Frames, requests and the time go in; events come out,
/// appended to `out`. Both dialects (MCP 2024-11-05 to 2025-11-25 by
/// `initialize`, 2026-07-28 by metadata on each request) look alike from here.
///
///     fresh --start--> probing --(no modern server)--> initializing
///                         |                                 |
///                         +---(valid answer)--> ready <-----+
///     every one --(fatal)--> failed       every one --close--> closed
class session {
public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class phase : uint8_t {
    fresh,
    probing,
    initializing,
    ready,
    failed,
    closed
  };

  explicit session(session_options options);
  ~session();
  session(session&&) noexcept;
  session& operator=(session&&) noexcept;

  /// Begins the handshake. Called once, when the connection stands.
  void start(time_point now, session_events& out);

  /// Takes frames in the order of their arrival.
  void on_frames(std::vector<std::string> frames, time_point now,
                 session_events& out);

  /// The same for what came of an exchange over HTTP.
  void on_exchange(exchange_news news, time_point now, session_events& out);

  /// Does what is due. Called at or after `next_deadline`.
  void on_time(time_point now, session_events& out);

  /// When `on_time` has something to do; empty: never, as things stand.
  std::optional<time_point> next_deadline() const;

  // -- requests: only when ready, else 0 and nothing is sent. The result is the
  // -- ticket, unique in this session, never 0. How many may be in flight is
  // -- the owner's to limit.

  using header_list = std::vector<std::pair<std::string, std::string>>;

  struct request_options {
    milliseconds idle_timeout{0};  ///< 0: as in the spec
    milliseconds total_timeout{0}; ///< 0: as in the spec
    bool wants_progress = false;
    /// Members added to `_meta`; null: those of the params' own. Reserved keys
    /// (`progressToken`, `io.modelcontextprotocol/...`) are left out.
    json meta;
  };

  uint64_t request(std::string_view method, const json& params,
                   const request_options& options, time_point now,
                   session_events& out);

  /// `what.arguments` must be null or an object. `headers`: see
  /// `parameter_headers`; over HTTP only.
  uint64_t call_tool(const troupe::call_tool& what, time_point now,
                     session_events& out, header_list headers = {});

  /// All pages. Bounded in pages, items and time; stops at a cursor that it has
  /// seen before. A list that was cut short holds what was gathered, and says
  /// so in `rejected`. A server that declares no such list is not asked.
  uint64_t list(offer_kind what, time_point now, session_events& out);

  /// The answer to `input_wanted`; unknown keys are ignored. A form is checked
  /// and gets its defaults. Without an answer the server, or the request that
  /// needs it, is refused.
  void give_input(uint64_t key, answer<json> x, time_point now,
                  session_events& out);

  /// The request was never written (`outbox::revoke` said so): no trace of it.
  void forget(uint64_t ticket);

  /// Gives a request up: tells the server where the dialect allows it; its late
  /// answer will be dropped and counted. Emits no `request_answered`.
  void abandon(uint64_t ticket, std::string_view reason, session_events& out);

  /// Ends the session. Returns the tickets of all open requests, in order.
  std::vector<uint64_t> close();

  // -- observers

  phase now() const;
  size_t in_flight() const;
  bool modern() const;
  /// What the server declares.
  const server_capabilities& offers() const;
  const session_counts& counts() const;
  /// What has come since this was asked the last time.
  unasked_traffic take_unasked();
  /// What to pass to the next session with this server, if the connection is
  /// lost now. Ended on the probe: `legacy_mute`. Also good after `close`.
  known_dialect learnt() const;

private:
  class core;
  std::unique_ptr<core> core_;
};

} // namespace troupe
