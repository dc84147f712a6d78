#include "troupe/actors/session/handshake.hpp"

/// How a handshake handles refusals and ends over HTTP (MCP, "Streamable HTTP",
/// "Backward Compatibility").
namespace troupe {

namespace {

/// Whether a refused `initialize` may come from a server of HTTP+SSE alone.
bool may_be_older(const exchange_news& x) {
  return x.status == 400 || x.status == 404 || x.status == 405;
}

/// Whether a probe was answered as no modern server does: with a refusal, or
/// with something like a page of HTML.
bool says_legacy(const exchange_news& x) {
  return x.why == errc::protocol_error || x.why == errc::server_error;
}

} // namespace

void handshake::open_endpoint(session_events& out) {
  sender_.fall_back();
  sender_.speak(*legacy_);
  stage_ = stage::opening_stream;
  open_ = open_request{sender_.open_endpoint(out), {}};
}

void handshake::on_endpoint(session_events& out) {
  if (stage_ == stage::opening_stream)
    initialize(out);
}

void handshake::on_exchange_end(const exchange_news& news,
                                const std::optional<json_rpc::error>& body,
                                time_point now, session_events& out) {
  if (stage_ == stage::confirming) {
    on_confirmed(news, out);
  } else if (news.why == errc::auth_required || news.status == 403
             || is_outage(news.status)) {
    // Says nothing of the dialect (MCP, Authorization).
    fail(failure_of(news), out);
  } else {
    on_refusal(news, body, now, out);
  }
}

void handshake::on_refusal(const exchange_news& news,
                           const std::optional<json_rpc::error>& body,
                           time_point now, session_events& out) {
  auto modern_error = body && json_rpc::is_modern(body->code);
  if (stage_ == stage::opening_stream) {
    // Why `initialize` failed says more.
    fail(refused_ ? refused_->why : failure_of(news), out);
  } else if (stage_ == stage::initializing && !modern_error
             && sender_.kind() == wire_kind::streamable_http
             && may_be_older(news)) {
    refused_ = std::make_unique<refusal>(refusal{
      body ? handshake_error("initialize", *body) : failure_of(news), true});
    if (automatic() && probe_ == probe_outcome::none)
      probe(now, out);
    else
      open_endpoint(out);
  } else if (body) {
    on_error(*body, now, out);
  } else if (stage_ == stage::probing && automatic() && says_legacy(news)) {
    probe_ = probe_outcome::refused;
    fall_back(failure_of(news), out);
  } else {
    fail(failure_of(news), out);
  }
}

/// Some servers refuse the notification and still work.
void handshake::on_confirmed(const exchange_news& news, session_events& out) {
  if (news.why == errc::auth_required || news.status == 0)
    fail(failure_of(news), out);
  else
    conclude();
}

} // namespace troupe
