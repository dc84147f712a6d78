#pragma once

#include "troupe/transports/exchange.hpp"
#include "troupe/transports/http/sse_parser.hpp"
#include "troupe/transports/http/url.hpp"
#include "troupe/transports/http/wire.hpp"

#include <optional>

namespace troupe {

/// What the response to one order means: frames, and how it ended. Knows HTTP
/// and MCP's use of it, and nothing of what is in a frame. Pure.
class http_reply {
public:
  /// `url`: where the request went. Both must outlive it.
  http_reply(const exchange_order& order, const http_url& url,
             size_t frame_bytes_max);

  // -- the response, as it comes. False: the rest is not wanted.

  bool on_head(const http_head& head, const http_body& body);
  bool on_body(std::string_view bytes);

  /// How the exchange ended: sets all that is set with `ended`, and the frames
  /// that its end completed.
  void finish(const http_outcome& how, exchange_news& to);

  // -- results so far

  /// Frames that are complete and were not taken yet.
  std::vector<std::string> take_frames() {
    return std::exchange(frames_, {});
  }
  /// Bytes beside frames on a stream, once there are enough to report.
  size_t take_idle_bytes();
  /// It is a stream of events.
  bool is_stream() const {
    return use_ == use::events;
  }
  /// Its body is not needed: it must end soon.
  bool is_idle_talk() const {
    return use_ != use::events && use_ != use::frame;
  }
  /// The target of a redirect that may be followed.
  const std::optional<http_url>& redirect() const {
    return redirect_;
  }
  /// The session that the server opened; empty where it has none. Nothing: the
  /// request does not open one.
  const std::optional<std::string>& session() const {
    return session_;
  }
  /// The URL that HTTP+SSE takes frames at, at the first call after it came.
  std::optional<http_url> take_endpoint() {
    return std::exchange(endpoint_, std::nullopt);
  }
  int status() const {
    return status_;
  }
  /// All values of `WWW-Authenticate` of a refusal; nothing: there was none, or
  /// the refusal is not about credentials.
  const std::optional<std::vector<std::string>>& challenge() const {
    return challenge_;
  }

private:
  /// What the body is for.
  enum class use : uint8_t { nothing, frame, events, refusal, sample };

  bool on_success(const http_head& head, const http_body& body);
  bool expect_frame(const http_body& body);
  bool on_refusal(const http_head& head);
  bool on_redirect(const http_head& head);
  bool take_session(const http_head& head);
  bool take_events(std::string_view bytes);
  bool take_event(sse_event& x);
  bool take_endpoint_event(const sse_event& x);
  void finish_body();
  bool give_up(errc why, std::string text);

  const exchange_order& order_;
  const http_url& url_;
  const size_t frame_bytes_max_;
  sse_parser events_;
  use use_ = use::nothing;
  int status_ = 0;
  std::string body_;
  std::string media_type_;
  std::vector<std::string> frames_;
  size_t other_bytes_ = 0; // of events that are no frames
  bool knows_endpoint_ = false;
  net_fault fault_;
  std::optional<http_url> redirect_;
  std::optional<http_url> endpoint_;
  std::optional<std::string> session_;
  std::optional<std::vector<std::string>> challenge_;
};

} // namespace troupe
