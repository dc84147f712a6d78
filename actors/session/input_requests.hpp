#pragma once

#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/actors/session/pending_requests.hpp"
#include "troupe/actors/session/server_inputs.hpp"

#include <map>

namespace troupe {

/// Requests for input that a server makes while it works: a form for the user,
/// a model's answer, the roots. A legacy server sends requests of its own. A
/// modern one answers a request of ours with what it needs, and gets that
/// request once more, with the input (MCP 2026-07-28, "Multi Round-Trip
/// Requests"). Either way the session's owner gets each one as `input_wanted`.
class input_requests {
public:
  using time_point = server_inputs::time_point;

  /// `sender` and `pending` must outlive this object.
  input_requests(const session_options& options, frame_sender& sender,
                 pending_requests& pending);

  // -- a legacy server's requests

  /// Asks the handler, or refuses the request. False: it is not one that a
  /// handler answers, or no handler was declared for it.
  bool on_server_request(const json_rpc::request& x, time_point now,
                         session_events& out);

  /// The server has given its request up: no answer is sent (MCP,
  /// "Cancellation").
  void on_cancelled(const json_rpc::id& id, session_events& out);

  /// Refuses what has not been answered in time. While the server waits for an
  /// answer, the idle time of our own requests stands still.
  void on_time(time_point now, session_events& out);

  // -- what a modern server needs

  /// The server has answered `what` with InputRequiredResult. Its ticket goes
  /// on under a new id: held back until the input is there. Ends it where the
  /// result is against the protocol.
  void on_input_required(const pending_request& what, const json& result,
                         time_point now, session_events& out);

  // -- for both

  /// See `session::give_input`.
  void give(uint64_t key, answer<json> x, time_point now, session_events& out);

  /// The held request is given up: the handler need not answer any more.
  void withdraw(uint64_t request, session_events& out);

  /// Like `withdraw`, without an event.
  void forget(uint64_t request);

  std::optional<time_point> next_deadline() const {
    return inputs_.next_deadline();
  }

  void clear();

private:
  /// What a held request waits for.
  struct round {
    json state;
    bool asks = false;
    std::vector<std::pair<std::string, json>> given;
    size_t missing = 0;
  };

  void ask_handler(server_inputs::open_input x, milliseconds timeout,
                   session_events& out);
  void hold(const pending_request& what, input_required asks, time_point now,
            session_events& out);
  void add(server_inputs::open_input asked, json value, time_point now,
           session_events& out);
  void refuse(uint64_t request, failure why, session_events& out);
  void resume(uint64_t request, time_point now, session_events& out);

  client_capabilities can_;
  milliseconds timeout_;
  frame_sender& sender_;
  pending_requests& pending_;
  server_inputs inputs_;
  std::map<uint64_t, round> rounds_; // by the id of the held request
};

} // namespace troupe
