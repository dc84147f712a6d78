#pragma once

#include "troupe/actors/session/handshake.hpp"
#include "troupe/actors/session/http_streams.hpp"
#include "troupe/actors/session/liveness.hpp"
#include "troupe/actors/session/offer_pages.hpp"
#include "troupe/actors/session/outgoing_request.hpp"
#include "troupe/actors/session/pending_requests.hpp"
#include "troupe/actors/session/remarks.hpp"
#include "troupe/actors/session/server_inputs.hpp"
#include "troupe/actors/session/session.hpp"
#include "troupe/actors/session/subscription.hpp"

#include <map>

namespace troupe {

/// What is behind a `session`: its parts, and who of them gets what comes in.
class session::core {
public:
  explicit core(session_options options);

  // -- steps; each means the same as in `session`

  void start(time_point now, session_events& out);
  void on_frame(std::string text, time_point now, session_events& out);
  void on_exchange(exchange_news news, time_point now, session_events& out);
  void on_time(time_point now, session_events& out);
  std::optional<time_point> next_deadline() const;

  uint64_t request(std::string_view method, const json& params,
                   const request_options& options, time_point now,
                   session_events& out);
  uint64_t call_tool(const troupe::call_tool& what, time_point now,
                     session_events& out, header_list headers);
  uint64_t list(offer_kind what, time_point now, session_events& out);
  void give_input(uint64_t key, answer<json> x, time_point now,
                  session_events& out);
  void forget(uint64_t ticket);
  void abandon(uint64_t ticket, std::string_view reason, session_events& out);
  std::vector<uint64_t> close();

  // -- observers

  phase now() const;
  size_t in_flight() const;
  bool modern() const;
  const server_capabilities& offers() const;
  const session_counts& counts() const;
  unasked_traffic take_unasked() {
    return std::exchange(unasked_, {});
  }
  known_dialect learnt() const;

  /// Neither failed nor closed.
  bool alive() const;

private:
  /// One list under way: its pages, and the request for the next one.
  struct open_list {
    offer_kind what = offer_kind::tools;
    offer_pages pages;
    uint64_t page_id = 0;
    time_point deadline;
    /// Over HTTP: a page was asked for again.
    bool repeated = false;
  };

  /// One request that the server answers by asking back.
  struct open_round {
    uint64_t id = 0; // of the request's next life
    input_round round;
  };

  // -- what comes in (session_inbound.cpp)

  void take(json_rpc::frame& frame, time_point now, session_events& out);
  void on_message(json_rpc::request& x, time_point now, session_events& out);
  void on_message(json_rpc::notification& x, time_point now,
                  session_events& out);
  void on_message(json_rpc::result& x, time_point now, session_events& out);
  void on_message(json_rpc::error& x, time_point now, session_events& out);
  void on_progress(const json& params, time_point now, session_events& out);
  void on_unexpected_answer(uint64_t id, bool refused, time_point now);
  bool end_question(uint64_t id);
  void on_cancelled(const json& params, time_point now, session_events& out);
  void after_handshake_step(time_point now, session_events& out);
  void arrive(session_events& out);
  void deliver(const pending_request& what, json result, time_point now,
               session_events& out);
  void deliver(const pending_request& what, failure why, session_events& out);
  void on_page(uint64_t ticket, const json& page, time_point now,
               session_events& out);
  void end_request(uint64_t ticket, answer<json> with, session_events& out);
  void end_list(uint64_t ticket, answer<offer_list> with, session_events& out);

  // -- what cannot be read (session_unreadable.cpp)

  void refuse_batch(const json_rpc::frame& x, time_point now,
                    session_events& out);
  void on_malformed(const json_rpc::malformed& x, time_point now,
                    session_events& out);
  bool on_unreadable_answer(const json_rpc::malformed& x, time_point now,
                            session_events& out);
  /// The number that an id is; 0: it is none of ours.
  static uint64_t number_of(const json_rpc::id& x);

  // -- what the server wants to know (session_input.cpp)

  bool on_wish(json_rpc::request& x, time_point now, session_events& out);
  void on_wish_cancelled(const json_rpc::id& id, session_events& out);
  void want(server_inputs::open_input x, milliseconds timeout,
            session_events& out);
  void unwant(uint64_t request, session_events& out);
  void expire_wishes(time_point now, session_events& out);
  void on_input_required(const pending_request& what, const json& result,
                         time_point now, session_events& out);
  void go_on(uint64_t ticket, time_point now, session_events& out);

  // -- what has changed (session_listen.cpp)

  void listen(time_point now, session_events& out);
  void listen_again(time_point now, session_events& out);
  bool on_subscribed(const json_rpc::notification& x, time_point now,
                     session_events& out);
  void on_list_changed(const json_rpc::notification& x, time_point now,
                       session_events& out);
  void announce_all(session_events& out);
  bool end_subscription(uint64_t id, bool refused, time_point now);

  // -- over HTTP (session_exchange.cpp)

  void on_exchange_end(exchange_news& x, time_point now, session_events& out);
  void on_liveness_end(const exchange_news& x, time_point now);
  void on_stream_end(const exchange_news& x, time_point now,
                     session_events& out);
  void on_request_end(exchange_news& x, std::optional<json_rpc::error> body,
                      time_point now, session_events& out);
  void on_expiry(const exchange_news& x, session_events& out);
  bool repeat_page(uint64_t id, time_point now, session_events& out);
  void after_answer(uint64_t id, time_point now);
  bool is_expiry(const exchange_news& x,
                 const std::optional<json_rpc::error>& body) const;
  /// The connection as a whole is gone, or our session with it.
  void lose(const exchange_news& x, errc code, session_events& out);
  void judge_connection(const exchange_news& x, session_events& out);

  // -- whether anybody is there (session_doubt.cpp)

  void doubt_after(const exchange_news& x);
  void settle_doubt(time_point now, session_events& out);
  void ask_whether_there(time_point now, session_events& out);
  void on_question_end(const exchange_news& x, session_events& out);

  // -- what goes out

  pending_request make_request(milliseconds idle, milliseconds total,
                               time_point now) const;
  /// Opens a request: gives it its id, which is its ticket, and sends it.
  uint64_t open(pending_request entry, outgoing_request what,
                session_events& out);
  /// Every request of ours but pages and pings goes out here.
  void send(uint64_t id, uint64_t ticket, const outgoing_request& what,
            const given_input* input, session_events& out);
  void send_page(uint64_t ticket, open_list& what, time_point now,
                 session_events& out);
  /// Tells the server that nobody waits for that request any more.
  void cancel(uint64_t id, std::string_view reason, session_events& out);
  uint64_t next_liveness_id(session_events& out);
  void send_ping(uint64_t id, session_events& out);
  void send_confirmation(session_events& out);
  void watch(time_point now, session_events& out);
  void fail(errc code, std::string text, session_events& out);
  /// Takes the request that an answer is for. One that is held has not been
  /// sent: what names it is no answer.
  std::optional<pending_request> take_answered(uint64_t id);
  /// The id of the open request of that ticket; 0: there is none.
  uint64_t id_of(uint64_t ticket) const;

  session_options options_;
  uint64_t last_id_ = 0;
  /// Once failed or closed, it stays so; else the handshake's stage says it.
  std::optional<phase> end_;
  frame_sender sender_;
  http_streams streams_;
  /// Over HTTP: what brings the frame at hand, and whether it goes on.
  uint64_t exchange_ = 0;
  bool exchange_goes_on_ = false;
  /// The stream of HTTP+SSE; 0: there is none.
  uint64_t endpoint_ = 0;
  handshake handshake_;
  pending_requests pending_;
  std::map<uint64_t, open_list> lists_;
  std::map<uint64_t, open_round> rounds_; // by ticket
  server_inputs inputs_;
  subscription subscription_;
  liveness liveness_;
  /// Over HTTP: to be told once the server's own stream stands, or cannot be
  /// had. What a server asks while it works on a call may go by that stream,
  /// and is lost where there is none yet.
  std::optional<session_established> arrival_;
  /// Whether the liveness of an established session is taken care of.
  bool watched_ = false;
  /// The last ping or confirmation; 0: none was sent.
  uint64_t liveness_id_ = 0;
  /// A request met nobody, or a server that hung up on it.
  bool doubted_ = false;
  /// What asks whether anybody is there; 0: nothing does.
  uint64_t question_ = 0;
  time_point question_until_; // where something does
  session_remarks remarks_;
  /// The begin of the frame at hand, for a remark.
  std::string sample_;
  /// How many open requests the frame at hand has answered.
  size_t answers_ = 0;
  unasked_traffic unasked_;
};

} // namespace troupe
