#pragma once

#include "troupe/messages/errc.hpp"
#include "troupe/messages/server_spec.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// What a transport that carries each frame in an HTTP request of its own must
/// know of the frame. Stdio and pipes never look at it. The session makes it;
/// the transport knows nothing of what is in a frame.
struct exchange_order {
  enum class kind : uint8_t {
    /// POSTs the frame.
    post = 0,
    /// GET: the server's own stream, or the rest of one that was cut (MCP
    /// 2025-03-26 to 2025-11-25, Streamable HTTP, "Listening for Messages" and
    /// "Resumability"). There is no frame.
    stream,
    /// GET: the stream of HTTP+SSE (MCP 2024-11-05), whose first event names
    /// where to POST from then on. There is no frame.
    endpoint,
  };

  kind what = kind::post;
  /// Names the exchange in `exchange_news` and `outbox::abandon`: unique in
  /// this connection, never 0. That of a request is its JSON-RPC id.
  uint64_t id = 0;
  /// The answer comes in the response, so that 202, or a response without a
  /// body, is a fault. False for notifications, answers, and over HTTP+SSE.
  bool owes_answer = false;
  /// `initialize`: the response may name a session, which the transport sends
  /// with all that follows and deletes when it stops.
  bool opens_session = false;
  /// Open for long by its nature: it counts as a stream from the start, and
  /// silence is no fault of it.
  bool long_lived = false;
  /// When its request is given up at the latest, by its session. The transport
  /// tells a source of credentials, and waits for that no longer. Nothing: for
  /// such a wait `server_timeouts::call_total` counts.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  /// Where to resume a stream (`Last-Event-ID`); empty: at the begin.
  std::string last_event_id;
  /// Added as they stand, after those of the spec. Neither holds CR, LF or NUL;
  /// the transport checks it and refuses with `invalid_argument`.
  std::vector<std::pair<std::string, std::string>> headers;
};

using exchange_order_ptr = std::shared_ptr<const exchange_order>;

/// News of an exchange: some frames of its response, its end, or both.
struct exchange_news {
  uint64_t id = 0;
  /// In order: the body of a response, or the data of events. Without frames
  /// and idle bytes: the response has begun.
  std::vector<std::string> frames;
  /// Bytes of a stream beside frames, reported in batches: they cost time to
  /// read as well.
  uint64_t idle_bytes = 0;
  /// The stream of HTTP+SSE is open: frames may be posted now.
  bool endpoint_known = false;
  /// Nothing more comes of this exchange. The rest of the fields is set only
  /// then.
  bool ended = false;
  /// `none`: the response came to its regular end. `server_error`: the status
  /// was 400 or more. `auth_required`: 401, or 403 with a challenge, or, with
  /// status 0, the source of credentials has none until a person acts.
  /// `connection_lost`, `timed_out` (no answer of the network in time),
  /// `too_large`, `protocol_error` (a wrong content type, an encoding that was
  /// not asked for, a redirect), `overloaded`, `cancelled`, `invalid_spec` (a
  /// file for TLS, or the environment's proxy, cannot be used),
  /// `internal_error` (the source of credentials failed).
  errc why = errc::none;
  /// Whether the server may have seen the request. Of a refusal: what its
  /// status says of it; an error in its `body` says more.
  fate what_became = fate::outcome_unknown;
  /// For people, with the URL but no credentials; empty where `why` is `none`.
  std::string text;
  /// HTTP's; 0: there was no response.
  int32_t status = 0;
  /// Of a response of 400 or more, where it is JSON: at most
  /// `defaults::refusal_bytes_max`, else empty.
  std::string body;
  /// The request carried a session id.
  bool had_session = false;
  /// The response was a stream of events that ended or was cut: the last id
  /// that was seen (empty: none), and the server's `retry` (-1: none).
  bool was_stream = false;
  std::string last_event_id;
  milliseconds retry{-1};
};

TROUPE_INSPECT(exchange_news, id, frames, idle_bytes, endpoint_known, ended,
               why, what_became, text, status, body, had_session, was_stream,
               last_event_id, retry)

/// Whether an exchange ended because the server could not be reached.
inline bool never_connected(const exchange_news& x) {
  return x.what_became == fate::not_sent
         && (x.why == errc::connection_lost || x.why == errc::timed_out);
}

} // namespace troupe
