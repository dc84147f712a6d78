#pragma once

#include "troupe/actors/session/http_streams.hpp"
#include "troupe/actors/session/reachability_check.hpp"

#include <memory>

namespace troupe {

/// What a session over HTTP knows of its exchanges: which one brings the frame
/// at hand, which are streams that outlive an answer, and what the end of one
/// says of the connection. Over lines it does nothing.
class http_exchanges {
public:
  using time_point = http_streams::time_point;

  /// `sender` must outlive this object.
  http_exchanges(const session_options& options, frame_sender& sender);

  // -- the beginning

  /// Opens the server's own stream (MCP, "Listening for Messages from the
  /// Server"), and tells that the session is established once that stream
  /// is open, is refused, or has been silent for a while: what a server asks
  /// while it works on a call may go by that stream, and would be lost.
  void open_own_stream(std::unique_ptr<session_established> peer,
                       time_point now, session_events& out);

  /// Whether `session_established` is still to come.
  bool is_opening() const {
    return opening_ != nullptr;
  }

  /// That exchange is the stream of HTTP+SSE, by which all answers come.
  void on_endpoint(uint64_t exchange) {
    endpoint_ = exchange;
  }

  // -- news of an exchange

  /// Called before the frames in it are read, and `end_frames` after that.
  /// `open_request`: the exchange carries a request in flight.
  void begin_frames(const exchange_news& x, bool open_request,
                    session_events& out);
  void end_frames() {
    current_.reset();
  }

  /// The exchange that brings the current frame.
  std::optional<uint64_t> current() const;

  /// The request with that id has its answer: its response is given some time
  /// to end, if it has not ended with it.
  void on_answer(uint64_t id, time_point now);

  /// Whether the exchange has no request of its own: it is the server's own
  /// stream, or that of HTTP+SSE.
  bool is_stream(uint64_t exchange) const {
    return exchange == endpoint_ || streams_.is_own(exchange);
  }

  /// Whether the response of a request was cut, and is to be resumed.
  bool is_cut(uint64_t id) const {
    return streams_.is_cut(id);
  }

  /// Resumes the response of a request that has ended without the answer (MCP,
  /// "Resumability"). False: that cannot be done.
  bool resume_later(const exchange_news& x, time_point now);

  /// The request with that id is over: its response is not resumed.
  void forget(uint64_t id) {
    streams_.forget(id);
  }

  /// Judges the end of an exchange. The result is why the connection as a whole
  /// is lost, if it is. `busy`: the server owes answers to other requests; then
  /// one failed connection does not say that it cannot be reached, and the next
  /// that fails alone does.
  std::optional<errc> on_end(const exchange_news& x, bool busy, time_point now);

  // -- reachability

  /// See `reachability_check::on_time`.
  void check_reachability(time_point now, bool idle, session_events& out) {
    check_.on_time(now, idle, out);
  }

  bool checks(uint64_t id) const {
    return check_.asks(id);
  }

  bool on_check_answer(uint64_t id) {
    return check_.on_answer(id);
  }

  // -- time

  void on_time(time_point now, session_events& out);
  std::optional<time_point> deadline() const;

private:
  struct open_exchange {
    uint64_t id;
    bool goes_on;
  };

  void tell_established(session_events& out);

  frame_sender& sender_;
  http_streams streams_;
  reachability_check check_;
  std::unique_ptr<session_established> opening_; // for a moment, and large
  std::optional<uint64_t> endpoint_;
  std::optional<open_exchange> current_;
};

/// Whether the server could not be reached, which concerns every exchange.
bool is_unreachable(const exchange_news& x);

/// Whether a response was cut, or has ended in order without the answer.
bool is_incomplete(const exchange_news& x);

} // namespace troupe
