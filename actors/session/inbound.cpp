#include "troupe/actors/session/session.hpp"

#include "troupe/messages/cut_text.hpp"

#include <algorithm>

/// What a session does with the messages of its server.
namespace troupe {

namespace {

failure server_error(json_rpc::error& x) {
  return {errc::server_error, fate::refused,
          cut_text(x.message, defaults::remark_bytes_max), x.code,
          std::move(x.data)};
}

} // namespace

// -- frames ------------------------------------------------------------------

void session::on_frames(std::vector<std::string> frames, time_point now,
                        session_events& out) {
  for (auto& frame : frames)
    on_frame(std::move(frame), now, out);
}

void session::on_frame(std::string text, time_point now, session_events& out) {
  if (!alive())
    return;
  // One more than is shown: a remark says that it was cut.
  sample_.assign(text, 0, defaults::noise_sample_bytes + 1);
  json_limits limits;
  limits.bytes_max = options_.limits.frame_bytes_max;
  auto bytes = text.size();
  auto frame = json_rpc::parse(std::move(text), limits);
  auto messages = frame.messages.size() + frame.faults.size();
  answers_ = 0;
  take(frame, now, out);
  unasked_.frames += messages - std::min(messages, answers_);
  unasked_.bytes += answers_ == 0 ? bytes : 0;
}

void session::take(json_rpc::frame& frame, time_point now,
                   session_events& out) {
  if (frame.batch && !handshake_.listening().takes_batches())
    return refuse_batch(frame, now, out);
  for (const auto& x : frame.faults)
    on_malformed(x, now, out);
  // Nobody has asked yet: a banner may come now, but nothing that is for us.
  if (state() == stage::fresh)
    return;
  if (!frame.messages.empty())
    liveness_.alive(now);
  for (auto& x : frame.messages)
    if (alive())
      std::visit([&](auto& y) { on_message(y, now, out); }, x);
}

/// Calls that it answers need not wait any longer.
void session::refuse_batch(const json_rpc::frame& x, time_point now,
                           session_events& out) {
  json_rpc::malformed what;
  what.text = "a batch was dropped; the version in force has none";
  auto told = false;
  auto drop = [&](const std::optional<json_rpc::id>& answers) {
    what.answers = answers;
    told = (answers && on_unreadable_answer(what, now, out)) || told;
  };
  for (const auto& message : x.messages)
    if (auto result = std::get_if<json_rpc::result>(&message))
      drop(result->id);
    else if (auto error = std::get_if<json_rpc::error>(&message))
      drop(error->id);
  for (const auto& fault : x.faults)
    drop(fault.answers);
  if (!told)
    remarks_.fault(what.text, out);
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
  if (x.method == "notifications/progress")
    on_progress(x.params, now, out);
  else if (x.method == "notifications/message")
    remarks_.server_log(x.params, now, out);
  else if (x.method == "notifications/cancelled")
    on_cancelled(x.params, now, out);
  else if (state() == stage::ready)
    changes_.on_notification(x, offers(), now, out);
}

void session::on_cancelled(const json& params, time_point now,
                           session_events& out) {
  auto which = params.find("requestId");
  if (!which)
    return;
  json_rpc::id id{which->as_integer().value_or(0)};
  if (auto text = which->as_string())
    id = std::move(*text);
  if (!changes_.end(number_of(id), false, now))
    inputs_.on_cancelled(id, out);
}

void session::on_progress(const json& params, time_point now,
                          session_events& out) {
  auto token = params.find("progressToken");
  auto progress = params.find("progress");
  auto value = progress ? progress->as_double() : std::nullopt;
  if (!token || !value) {
    remarks_.fault("a progress notification has no token or no value", out);
    return;
  }
  json_rpc::id id{token->as_integer().value_or(0)};
  if (auto text = token->as_string())
    id = std::move(*text);
  auto number = number_of(id);
  auto what = pending_.find(number);
  // One that crosses the answer on its way is no fault.
  if (!what)
    return;
  if (*value <= what->progress) {
    remarks_.fault("the progress of a request did not increase", out);
    return;
  }
  what->progress = *value;
  pending_.restart_idle(number, now);
  if (!what->wants_progress)
    return;
  request_progressed event{what->ticket, *value, 0, {}};
  if (auto total = params.find("total"))
    event.total = total->as_double().value_or(0);
  if (auto text = params.find("message"))
    event.message =
      cut_text(text->as_string().value_or(""), defaults::remark_bytes_max);
  out.push_back(std::move(event));
}

// -- answers -----------------------------------------------------------------

void session::on_message(json_rpc::result& x, time_point now,
                         session_events& out) {
  auto id = number_of(x.id);
  if (auto what = pending_.take_answered(id)) {
    ++answers_;
    http_.on_answer(id, now);
    deliver(*what, std::move(x.value), now, out);
  } else if (handshake_.awaits(id)) {
    ++answers_;
    handshake_.on_result(x.value, now, out);
    after_handshake_step(now, out);
  } else {
    on_unexpected_answer(id, false, now);
  }
}

void session::on_message(json_rpc::error& x, time_point now,
                         session_events& out) {
  using meaning = handshake::meaning;
  // Over HTTP it is the answer to the request of its exchange.
  auto exchange = http_.current();
  if (!x.id && exchange && expects_answer(*exchange))
    x.id = static_cast<int64_t>(*exchange);
  if (!x.id) {
    auto what = handshake_.on_anonymous_error(x, now, out);
    after_handshake_step(now, out);
    answers_ += what == meaning::answer ? 1 : 0;
    if (what == meaning::late_answer)
      remarks_.late_answer();
    else if (what == meaning::nothing)
      remarks_.fault("an error without an id: " + x.message, out);
    return;
  }
  auto id = number_of(*x.id);
  if (auto what = pending_.take_answered(id)) {
    ++answers_;
    http_.on_answer(id, now);
    deliver(*what, server_error(x), out);
  } else if (handshake_.awaits(id)) {
    ++answers_;
    handshake_.on_error(x, now, out);
    after_handshake_step(now, out);
  } else {
    on_unexpected_answer(id, true, now);
  }
}

void session::on_unexpected_answer(uint64_t id, bool refused, time_point now) {
  if (liveness_.on_answer(id) || http_.on_check_answer(id)
      || changes_.end(id, refused, now)) {
    ++answers_;
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
  if (!modern())
    liveness_.start(now);
  if (!modern() && sender_.kind() == wire_kind::streamable_http)
    http_.open_own_stream(std::move(*peer), now, out);
  else
    out.push_back(std::move(*peer));
}

void session::deliver(const pending_request& what, json result, time_point now,
                      session_events& out) {
  if (!result.is_object()) {
    deliver(what,
            failure{errc::protocol_error, fate::refused,
                    "the server's result is no object"},
            out);
    return;
  }
  if (what.origin && is_input_required(result)) {
    inputs_.on_input_required(what, result, now, out);
    return;
  }
  if (auto text = sender_.speaking().fault_of(result); !text.empty()) {
    deliver(what, failure{errc::protocol_error, fate::refused, std::move(text)},
            out);
    return;
  }
  if (what.page)
    lists_.on_page(what.ticket, result, now, out);
  else
    out.push_back(
      request_answered{what.ticket, std::move(result), {}, what.rounds > 0});
}

void session::deliver(const pending_request& what, failure why,
                      session_events& out) {
  if (what.page) {
    lists_.end(what.ticket, std::move(why), out);
  } else {
    out.push_back(
      request_answered{what.ticket, {}, std::move(why), what.rounds > 0});
  }
}

} // namespace troupe
