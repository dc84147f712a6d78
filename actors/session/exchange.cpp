#include "troupe/actors/session/session.hpp"

/// How a session handles news of its exchanges over HTTP.
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

/// The failure of a response whose rest cannot be had. Whatever the server says
/// of the rest, it had taken the request.
failure without_rest(const exchange_news& x) {
  auto result = failure_of(x);
  result.what_became = fate::outcome_unknown;
  if (result.code == errc::server_error)
    result.code = errc::connection_lost;
  return result;
}

/// Whether the refusal of what was sent in a session says that this is over
/// (MCP, "Session Management"): 404 does. Some servers say 400 instead, to a
/// request, without naming it.
bool ends_session(const exchange_news& x, bool to_request,
                  const std::optional<json_rpc::error>& body) {
  if (x.status != 400)
    return x.status == 404;
  return to_request
         && !(body && (json_rpc::is_modern(body->code) || names(*body, x.id)));
}

/// Why the end of an exchange was the end of the connection.
std::string refusal_text(const exchange_news& x) {
  return x.text.empty() ? "the server ended the stream" : x.text;
}

} // namespace

void session::on_exchange(exchange_news x, time_point now,
                          session_events& out) {
  if (!alive())
    return;
  http_.begin_frames(x, pending_.find(x.id) != nullptr, out);
  on_frames(std::move(x.frames), now, out);
  http_.end_frames();
  if (alive() && x.endpoint_known) {
    http_.on_endpoint(x.id);
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
  if (http_.is_stream(x.id)) {
    judge_connection(x, now, out);
  } else if (taken) {
    return; // its answer comes by the stream
  } else if (handshake_.awaits(x.id)) {
    handshake_.on_exchange_end(x, body, now, out);
    after_handshake_step(now, out);
  } else if (x.had_session && state() == stage::ready && !modern()
             && ends_session(x, expects_answer(x.id), body)) {
    on_expiry(x, now, out);
  } else if (pending_.find(x.id)) {
    on_request_end(x, std::move(body), now, out);
  } else {
    changes_.end(x.id, x.status >= 400 && !may_pass(x.status), now);
    liveness_.on_exchange_end(x, now);
    judge_connection(x, now, out);
  }
}

/// Lists are asked for again in the next session; a call was not taken, unless
/// only its response was to be resumed, and is its owner's to repeat.
void session::on_expiry(const exchange_news& x, time_point now,
                        session_events& out) {
  auto what = pending_.find(x.id);
  if (what && !what->page) {
    auto became = http_.is_cut(x.id) ? fate::outcome_unknown : fate::not_sent;
    failure why{errc::session_expired, became, x.text};
    deliver(*pending_.take(x.id), std::move(why), now, out);
  }
  fail(errc::session_expired, refusal_text(x), out);
}

void session::on_request_end(exchange_news& x,
                             std::optional<json_rpc::error> body,
                             time_point now, session_events& out) {
  auto resumed = http_.is_cut(x.id);
  // An error in the body does not count where credentials were refused.
  if (body && !resumed && x.why != errc::auth_required) {
    body->id = static_cast<int64_t>(x.id);
    on_message(*body, now, out);
    return;
  }
  if (http_.resume_later(x, now))
    return;
  http_.forget(x.id);
  if (is_incomplete(x) && !is_unreachable(x)
      && lists_.repeat_page(x.id, now, out))
    return;
  deliver(*pending_.take(x.id), resumed ? without_rest(x) : failure_of(x), now,
          out);
  judge_connection(x, now, out);
}

bool session::expects_answer(uint64_t id) const {
  return pending_.find(id) || handshake_.awaits_answer(id) || liveness_.asks(id)
         || http_.checks(id);
}

void session::judge_connection(const exchange_news& x, time_point now,
                               session_events& out) {
  if (auto code = http_.on_end(x, pending_.any_sent(), now))
    fail(*code, refusal_text(x), out);
}

void session::check_reachability(time_point now, session_events& out) {
  http_.check_reachability(now, state() == stage::ready && !pending_.any_sent(),
                           out);
}

} // namespace troupe
