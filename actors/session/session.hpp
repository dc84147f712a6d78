#pragma once

#include "troupe/actors/session/events.hpp"
#include "troupe/actors/session/handshake.hpp"
#include "troupe/actors/session/http_exchanges.hpp"
#include "troupe/actors/session/inbound_traffic.hpp"
#include "troupe/actors/session/input_requests.hpp"
#include "troupe/actors/session/list_changes.hpp"
#include "troupe/actors/session/liveness.hpp"
#include "troupe/actors/session/open_lists.hpp"
#include "troupe/actors/session/options.hpp"
#include "troupe/actors/session/outgoing_request.hpp"
#include "troupe/actors/session/pending_requests.hpp"
#include "troupe/actors/session/remarks.hpp"
#include "troupe/actors/session/request_times.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// The protocol with one server over one connection: a plain object without
/// I/O, threads or clock. Frames, requests and the time go in; events come out,
/// appended to `out`. Both dialects (MCP 2024-11-05 to 2025-11-25 by
/// `initialize`, 2026-07-28 by metadata on each request) look alike from here.
///
///     fresh --start--> probing --(no modern server)--> initializing
///                         |                                 |
///                         +---(valid answer)--> ready <-----+
///     every one --(fatal)--> failed       every one --close--> closed
///
/// Its parts know the frame sender, the requests in flight and the remarks, and
/// no other part; the session says which of them gets what comes in.
class session {
public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class stage : uint8_t {
    fresh,
    probing,
    initializing,
    ready,
    failed,
    closed
  };

  /// Stays where it is made: its parts refer to each other.
  explicit session(const session_options& options);
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// Begins the handshake. Called once, when the connection is up.
  void start(time_point now, session_events& out);

  /// Takes frames in the order of their arrival.
  void on_frames(std::vector<std::string> frames, time_point now,
                 session_events& out);

  /// Over HTTP: takes frames of an exchange, or its end.
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
    bool wants_progress = false;
    /// Members added to `_meta`; null: those of the params' own. Reserved keys
    /// (`progressToken`, `io.modelcontextprotocol/...`) are left out.
    json meta;
  };

  uint64_t request(std::string_view method, const json& params,
                   const request_options& options, const request_times& times,
                   time_point now, session_events& out);

  /// `what.arguments` must have no fault. `times` count, not those that
  /// the caller named in `what`. `headers`: see `parameter_headers`; over HTTP
  /// only.
  uint64_t call_tool(const troupe::call_tool& what, const request_times& times,
                     time_point now, session_events& out,
                     header_list headers = {});

  /// All pages. Bounded in pages, items and time; stops at a cursor that it has
  /// seen before. A list that was cut short holds what was gathered, and says
  /// so in `rejected`. A server that declares no such list is not asked.
  uint64_t list(offer_kind what, time_point now, session_events& out);

  /// The answer to `input_wanted`; unknown keys are ignored. A form is checked
  /// and gets its defaults. Without an answer the server, or the request that
  /// needs it, is refused.
  void give_input(uint64_t key, answer<json> x, time_point now,
                  session_events& out);

  /// The request was never written (`outbox::revoke` said so): it is forgotten.
  void forget(uint64_t ticket);

  /// Gives a request up: tells the server where the dialect allows it; its late
  /// answer will be dropped and counted. Emits no `request_answered`.
  void abandon(uint64_t ticket, std::string_view reason, session_events& out);

  /// Ends the session. Returns the tickets of all open requests, in order.
  std::vector<uint64_t> close();

  // -- observers

  stage state() const;
  size_t in_flight() const;
  bool modern() const;
  /// What the server declares.
  const server_capabilities& offers() const;
  const session_counts& counts() const;
  /// Unsolicited traffic since the last call.
  unsolicited_traffic take_unsolicited();
  /// What to pass to the next session with this server, if the connection is
  /// lost now. Ended on the probe: `legacy_mute`. Also good after `close`.
  known_dialect learnt() const;

private:
  // -- messages (inbound.cpp)

  void take_frame(json_rpc::frame& frame, time_point now, session_events& out);
  void on_message(json_rpc::request& x, time_point now, session_events& out);
  void on_message(json_rpc::notification& x, time_point now,
                  session_events& out);
  void on_message(json_rpc::result& x, time_point now, session_events& out);
  void on_message(json_rpc::error& x, time_point now, session_events& out);
  void on_anonymous_error(const json_rpc::error& x, time_point now,
                          session_events& out);
  /// An answer to no request in flight, nor to the handshake's.
  void on_unexpected_answer(uint64_t id, bool refused, time_point now);
  /// Tells that the session is established once it is.
  void after_handshake_step(time_point now, session_events& out);
  /// Ends a request, which was taken out, or goes on with what it is part of.
  void deliver(const pending_request& what, answer<json> x, time_point now,
               session_events& out);

  // -- what cannot be read (unreadable.cpp)

  void refuse_batch(const json_rpc::frame& x, time_point now,
                    session_events& out);
  bool on_unreadable_answer(const json_rpc::malformed& x, time_point now,
                            session_events& out);

  // -- over HTTP (exchange.cpp)

  void on_exchange_end(exchange_news& x, time_point now, session_events& out);
  void on_request_end(exchange_news& x, std::optional<json_rpc::error> body,
                      time_point now, session_events& out);
  /// The server has forgotten the session.
  void on_expiry(const exchange_news& x, time_point now, session_events& out);
  /// Ends the session where the end of that exchange is the connection's.
  void judge_connection(const exchange_news& x, time_point now,
                        session_events& out);
  void check_reachability(time_point now, session_events& out);

  // -- for all of them

  /// Gives a request its id, which is its ticket, and sends it.
  uint64_t open(pending_request entry, outgoing_request what,
                session_events& out);
  /// Whether an open request of any kind has this id.
  bool expects_answer(uint64_t id) const;
  void fail(errc code, std::string text, session_events& out);
  /// Neither failed nor closed.
  bool alive() const;

  uint64_t frame_bytes_max_;
  /// Set once it has failed or was closed; else the handshake says the stage.
  std::optional<stage> end_;
  frame_sender sender_;
  session_remarks remarks_;
  pending_requests pending_;
  handshake handshake_;
  server_capabilities offers_;
  open_lists lists_;
  input_requests inputs_;
  list_changes changes_;
  liveness liveness_;
  http_exchanges http_;
  inbound_traffic traffic_;
};

} // namespace troupe
