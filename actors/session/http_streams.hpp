#pragma once

#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/actors/session/jitter.hpp"

#include <chrono>
#include <map>
#include <optional>

namespace troupe {

/// Whether a stream that is refused with such a status may be granted later.
bool may_pass(int32_t status);

/// The responses of a session over HTTP that are not over when their answer is,
/// or go on after they were cut: the server's own stream (MCP, "Listening for
/// Messages from the Server"), streams that are resumed ("Resumability"), and
/// those that stay open behind their answer. Sends through a `frame_sender`;
/// time is given to it.
class http_streams {
public:
  using time_point = std::chrono::steady_clock::time_point;

  http_streams(frame_sender& out, uint32_t seed) : sender_(out), jitter_(seed) {
    // nop
  }

  /// Asks for the server's own stream; called once, in a legacy session.
  void begin(time_point now, session_events& out);

  /// Whether the exchange is that of the server's own stream.
  bool is_own(uint64_t exchange) const {
    return exchange == own_;
  }

  /// Whether the request for the server's own stream still waits for its head.
  /// Some servers send no head before they have something to say by the stream.
  bool opens(time_point now) const {
    return opens_until_ && now < *opens_until_;
  }

  /// Something came by the server's own stream: its head, or frames.
  void on_own_news(bool frames) {
    worked_ = worked_ || frames;
    opens_until_.reset();
  }

  /// The server's own stream ended. It is opened again, unless the server has
  /// none; the pause before that grows, but not after a stream that lasted:
  /// proxies cut streams that are idle. Frames on it do not keep the pause
  /// short: a server may send one event by each stream, and end it. No request
  /// fails by its end.
  void on_own_end(const exchange_news& news, time_point now);

  /// The response of a request was cut: resumes it after a pause. False: it
  /// cannot be resumed.
  bool resume_later(const exchange_news& news, time_point now);

  /// Whether the response of a request was cut, and is to be resumed.
  bool is_cut(uint64_t exchange) const {
    return cut_.contains(exchange);
  }

  /// The request has its answer; its response is given some time to end.
  void linger(uint64_t exchange, time_point now);

  /// Neither resumes the response nor waits for its end any more.
  void forget(uint64_t exchange);

  void on_time(time_point now, session_events& out);
  std::optional<time_point> deadline() const;

private:
  struct resumption {
    std::string last_event_id;
    time_point at;
    size_t tries = 0;
  };

  void open_own(time_point now, session_events& out);
  bool has_none(const exchange_news& news) const;

  frame_sender& sender_;
  jitter jitter_;
  /// The exchange that is the server's own stream, while there is one.
  std::optional<uint64_t> own_;
  time_point own_since_{}; // when it was asked for
  std::string own_event_id_;
  std::optional<time_point> opens_until_;
  std::optional<time_point> reopen_at_;
  size_t failures_ = 0; // in a row, of the server's own stream
  bool worked_ = false; // there was such a stream
  std::map<uint64_t, resumption> cut_;
  std::map<uint64_t, time_point> lingering_;
};

} // namespace troupe
