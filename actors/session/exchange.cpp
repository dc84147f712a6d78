#include "troupe/actors/session/session.hpp"

/// What a session makes of what came of its exchanges over HTTP.
namespace troupe {

namespace {

/// The error in the body of a refusal, whatever its id: it belongs to the
/// request of its exchange.
std::optional<json_rpc::error> error_of(exchange_news& x) {
  if (x.body.empty())
    return std::nullopt;
  json_limits limits;
  limits.bytes_max = defaults::refusal_bytes_max;
  auto frame = json_rpc::parse(std::move(x.body), limits);
  for (auto& message : frame.messages)
    if (auto error = std::get_if<json_rpc::error>(&message))
      return std::move(*error);
  return std::nullopt;
}

/// Whether the error is for that exchange's request and no other.
bool names(const json_rpc::error& x, uint64_t id) {
  if (!x.id)
    return false;
  auto text = std::get_if<std::string>(&*x.id);
  return text ? *text == std::to_string(id)
              : std::get<int64_t>(*x.id) == static_cast<int64_t>(id);
}

/// Nobody is there: it does not concern this request alone.
bool is_unreachable(const exchange_news& x) {
  return x.status == 0 && met_nobody(x);
}

/// The rest of a response cannot be had. Whatever the server says of the rest,
/// it had taken the request.
failure without_rest(const exchange_news& x) {
  auto result = failure_of(x);
  result.what_became = fate::outcome_unknown;
  if (result.code == errc::server_error)
    result.code = errc::connection_lost;
  return result;
}

} // namespace

void session::on_exchange(exchange_news x, time_point now,
                          session_events& out) {
  if (streams_.is_own(x.id)) {
    streams_.on_own_news(!x.frames.empty());
    arrive(out);
  }
  check_.on_news(x, pending_.find(x.id) != nullptr);
  exchange_ = x.id;
  exchange_goes_on_ = !x.ended;
  for (auto& frame : x.frames)
    on_frame(std::move(frame), now, out);
  exchange_ = 0;
  if (alive() && x.endpoint_known) {
    endpoint_ = x.id;
    handshake_.on_endpoint(out);
  }
  if (alive() && x.ended)
    on_exchange_end(x, now, out);
  check_reachability(now, out);
}

void session::on_exchange_end(exchange_news& x, time_point now,
                              session_events& out) {
  auto body = error_of(x);
  auto taken = x.why == errc::none && sender_.kind() == wire_kind::http_sse
               && handshake_.state() != handshake::stage::confirming;
  if (x.id == endpoint_ && endpoint_ != 0) {
    lose(x, errc::connection_lost, out);
  } else if (streams_.is_own(x.id)) {
    on_stream_end(x, now, out);
  } else if (taken) {
    return; // its answer comes by the stream
  } else if (handshake_.awaits(x.id)) {
    handshake_.on_exchange_end(x, body, now, out);
    after_handshake_step(now, out);
  } else if (is_expiry(x, body)) {
    on_expiry(x, out);
  } else if (pending_.find(x.id)) {
    on_request_end(x, std::move(body), now, out);
  } else if (check_.asks(x.id)) {
    if (check_.on_exchange_end(x) && !pending_.any_sent())
      lose(x, errc::connection_lost, out);
    else
      judge_connection(x, out);
  } else {
    streams_.forget(x.id);
    changes_.end(x.id, x.status >= 400 && !may_pass(x.status), now);
    liveness_.on_exchange_end(x, now);
    judge_connection(x, out);
  }
}

void session::on_stream_end(const exchange_news& x, time_point now,
                            session_events& out) {
  streams_.on_own_end(x, now);
  judge_connection(x, out);
}

/// Lists are asked for again in the next session; a call was not taken, unless
/// only its response was to be resumed, and is its owner's to repeat.
void session::on_expiry(const exchange_news& x, session_events& out) {
  auto what = pending_.find(x.id);
  if (what && !what->page) {
    auto became =
      streams_.is_cut(x.id) ? fate::outcome_unknown : fate::not_sent;
    failure why{errc::session_expired, became, x.text};
    deliver(*pending_.take(x.id), std::move(why), out);
  }
  lose(x, errc::session_expired, out);
}

void session::on_request_end(exchange_news& x,
                             std::optional<json_rpc::error> body,
                             time_point now, session_events& out) {
  auto cut = x.why == errc::none || x.why == errc::connection_lost;
  auto resumed = streams_.is_cut(x.id);
  // What an error says of the request does not matter where we are not let in.
  if (body && !resumed && x.why != errc::auth_required) {
    body->id = static_cast<int64_t>(x.id);
    on_message(*body, now, out);
    return;
  }
  if (cut && x.was_stream && !modern() && streams_.resume_later(x, now))
    return;
  streams_.forget(x.id);
  if (cut && !is_unreachable(x) && lists_.repeat_page(x.id, now, out))
    return;
  deliver(*pending_.take(x.id), resumed ? without_rest(x) : failure_of(x), out);
  judge_connection(x, out);
}

void session::after_answer(uint64_t id, time_point now) {
  if (sender_.kind() != wire_kind::streamable_http)
    return;
  if (exchange_ == id && !exchange_goes_on_)
    streams_.forget(id);
  else
    streams_.linger(id, now);
}

/// MCP, "Session Management": 404 means that the session is over. Some servers
/// say 400 instead, to a request, without naming it.
bool session::is_expiry(const exchange_news& x,
                        const std::optional<json_rpc::error>& body) const {
  if (!x.had_session || modern() || state() != stage::ready)
    return false;
  if (x.status != 400)
    return x.status == 404;
  auto asked = pending_.find(x.id) || liveness_.asks(x.id) || check_.asks(x.id);
  return asked
         && !(body && (json_rpc::is_modern(body->code) || names(*body, x.id)));
}

/// Whether what ended one exchange ends them all. While another response may be
/// under way, one failed connection does not say that nobody is there; the next
/// that fails alone does.
void session::judge_connection(const exchange_news& x, session_events& out) {
  if (x.why == errc::auth_required)
    lose(x, errc::auth_required, out);
  else if (is_unreachable(x) && !pending_.any_sent())
    lose(x, errc::connection_lost, out);
}

void session::check_reachability(time_point now, session_events& out) {
  check_.on_time(now, state() == stage::ready && !pending_.any_sent(), out);
}

void session::lose(const exchange_news& x, errc code, session_events& out) {
  auto text = x.text.empty() ? "the server ended the stream" : x.text;
  fail(code, std::move(text), out);
}

} // namespace troupe
