#include "troupe/actors/session/session.hpp"

#include "troupe/actors/session/message_ids.hpp"
#include "troupe/actors/session/progress.hpp"
#include "troupe/messages/cut_text.hpp"

/// What a session does with the messages of its server.
namespace troupe {

namespace {

failure server_error(json_rpc::error& x) {
  return {errc::server_error, fate::refused,
          cut_text(x.message, defaults::remark_bytes_max), x.code,
          std::move(x.data)};
}

/// Says what is wrong with a result; empty: it is complete.
std::string fault_of(const json& result, const dialect& spoken) {
  return result.is_object() ? spoken.fault_of(result)
                            : "the server's result is not an object";
}

} // namespace

// -- frames ------------------------------------------------------------------

void session::on_frames(std::vector<std::string> frames, time_point now,
                        session_events& out) {
  json_limits limits;
  limits.bytes_max = frame_bytes_max_;
  for (auto& text : frames) {
    if (!alive())
      return;
    traffic_.begin_frame(text);
    auto frame = json_rpc::parse(std::move(text), limits);
    take_frame(frame, now, out);
    traffic_.end_frame(frame.messages.size() + frame.faults.size());
  }
}

void session::take_frame(json_rpc::frame& frame, time_point now,
                         session_events& out) {
  if (frame.batch && !handshake_.listening().takes_batches())
    return refuse_batch(frame, now, out);
  for (const auto& x : frame.faults)
    if (!x.answers || !on_unreadable_answer(x, now, out))
      remarks_.malformed(x, frame.refused, out);
  // Before the handshake a banner may come, but no message is meant for us.
  if (state() == stage::fresh)
    return;
  if (!frame.messages.empty())
    liveness_.alive(now);
  for (auto& x : frame.messages)
    if (alive())
      std::visit([&](auto& y) { on_message(y, now, out); }, x);
}

// -- requests and notifications ----------------------------------------------

void session::on_message(json_rpc::request& x, time_point now,
                         session_events& out) {
  if (state() == stage::ready && !modern()
      && inputs_.on_server_request(x, now, out))
    return;
  auto answer = handshake_.listening().answer(x);
  if (answer.empty())
    remarks_.fault("a request of the server was dropped: " + x.method, out);
  else
    sender_.answer(std::move(answer), out);
}

void session::on_message(json_rpc::notification& x, time_point now,
                         session_events& out) {
  if (x.method == "notifications/progress") {
    take_progress(x.params, pending_, remarks_, now, out);
  } else if (x.method == "notifications/message") {
    remarks_.server_log(x.params, now, out);
  } else if (x.method == "notifications/cancelled") {
    auto id = id_at(x.params, "requestId");
    if (id && !changes_.end(number_of(*id), false, now))
      inputs_.on_cancelled(*id, out);
  } else if (state() == stage::ready) {
    changes_.on_notification(x, offers(), now, out);
  }
}

// -- answers -----------------------------------------------------------------

void session::on_message(json_rpc::result& x, time_point now,
                         session_events& out) {
  auto id = number_of(x.id);
  if (auto what = pending_.take_answered(id)) {
    traffic_.on_answer();
    http_.on_answer(id, now);
    deliver(*what, std::move(x.value), now, out);
  } else if (handshake_.awaits_answer(id)) {
    traffic_.on_answer();
    handshake_.on_result(x.value, now, out);
    after_handshake_step(now, out);
  } else {
    on_unexpected_answer(id, false, now);
  }
}

void session::on_message(json_rpc::error& x, time_point now,
                         session_events& out) {
  // Over HTTP an error without an id answers the request of its exchange.
  auto exchange = http_.current();
  if (!x.id && exchange && expects_answer(*exchange))
    x.id = static_cast<int64_t>(*exchange);
  if (!x.id)
    return on_anonymous_error(x, now, out);
  auto id = number_of(*x.id);
  if (auto what = pending_.take_answered(id)) {
    traffic_.on_answer();
    http_.on_answer(id, now);
    deliver(*what, server_error(x), now, out);
  } else if (handshake_.awaits_answer(id)) {
    traffic_.on_answer();
    handshake_.on_error(x, now, out);
    after_handshake_step(now, out);
  } else {
    on_unexpected_answer(id, true, now);
  }
}

void session::on_anonymous_error(const json_rpc::error& x, time_point now,
                                 session_events& out) {
  using meaning = handshake::meaning;
  auto what = handshake_.on_anonymous_error(x, now, out);
  after_handshake_step(now, out);
  switch (what) {
    case meaning::answer: traffic_.on_answer(); break;
    case meaning::late_answer: remarks_.late_answer(); break;
    case meaning::nothing:
      remarks_.fault("an error without an id: " + x.message, out);
      break;
  }
}

void session::on_unexpected_answer(uint64_t id, bool refused, time_point now) {
  if (liveness_.on_answer(id) || http_.on_check_answer(id)
      || changes_.end(id, refused, now)) {
    traffic_.on_answer();
    return;
  }
  remarks_.late_answer();
  handshake_.on_late_answer(id, refused);
}

void session::after_handshake_step(time_point now, session_events& out) {
  if (handshake_.state() != handshake::stage::established)
    return;
  auto peer = handshake_.take_peer();
  if (!peer)
    return;
  offers_ = read_offers(peer->capabilities);
  if (!modern())
    liveness_.start(now);
  if (!modern() && sender_.kind() == wire_kind::streamable_http)
    http_.open_own_stream(std::move(peer), now, out);
  else
    out.push_back(std::move(*peer));
}

void session::deliver(const pending_request& what, answer<json> x,
                      time_point now, session_events& out) {
  if (x.ok() && what.origin && is_input_required(x.value)) {
    inputs_.on_input_required(what, x.value, now, out);
    return;
  }
  if (x.ok())
    if (auto text = fault_of(x.value, sender_.speaking()); !text.empty())
      x = failure{errc::protocol_error, fate::refused, std::move(text)};
  if (!what.page)
    out.push_back(request_answered{what.ticket, std::move(x.value),
                                   std::move(x.error), what.rounds > 0});
  else if (x.ok())
    lists_.on_page(what.ticket, x.value, now, out);
  else
    lists_.end(what.ticket, std::move(x.error), out);
}

} // namespace troupe
