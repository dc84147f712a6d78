#include "troupe/actors/session/input_requests.hpp"

#include "troupe/actors/session/outgoing_request.hpp"
#include "troupe/messages/elicitation.hpp"

namespace troupe {

namespace {

/// The result as it is sent, or why it cannot be.
answer<json> checked(const server_inputs::open_input& asked, answer<json> x) {
  if (!x.ok())
    return x;
  if (!x.value.is_object())
    return failure{errc::invalid_argument, fate::refused,
                   "The input is not an object."};
  if (asked.what != server_request::kind::elicitation)
    return x;
  auto form = complete_elicitation(asked.params, x.value);
  if (!form.fault.empty())
    return failure{errc::invalid_argument, fate::refused,
                   std::move(form.fault)};
  return std::move(form.value);
}

/// MCP keeps -32000 to -32099 for codes with a meaning of their own.
int64_t code_of(const failure& why) {
  if (why.server_code != 0)
    return why.server_code;
  return why.code == errc::not_supported ? json_rpc::method_not_found
                                         : json_rpc::internal_error;
}

/// The input that a held request is sent with.
given_input input_of(json state, bool asks,
                     const std::vector<std::pair<std::string, json>>& given) {
  given_input result;
  result.state = std::move(state);
  if (!asks)
    return result;
  json_writer responses;
  responses.begin_object();
  for (const auto& [name, value] : given)
    responses.member(name, value);
  result.responses = responses.end_object().finish();
  return result;
}

} // namespace

input_requests::input_requests(const session_options& options,
                               frame_sender& sender, pending_requests& pending)
  : can_(options.capabilities), timeout_(options.timeouts.call_total),
    sender_(sender), pending_(pending) {
  // nop
}

// -- a legacy server's requests ----------------------------------------------

bool input_requests::on_server_request(const json_rpc::request& x,
                                       time_point now, session_events& out) {
  auto what = wanted_by(x.method);
  if (!what)
    return false;
  auto refuse = [&](int64_t code, std::string_view text) {
    sender_.answer(json_rpc::format_error(x.id, code, text), out);
    return true;
  };
  if (*what == server_request::kind::elicitation
      && (can_.elicitation || can_.elicitation_url)
      && !declares(can_, *what, x.params))
    return refuse(json_rpc::invalid_params, "This mode was not declared");
  if (!declares(can_, *what, x.params))
    return false;
  if (inputs_.find(x.id))
    return refuse(json_rpc::invalid_request, "The id is in use");
  if (inputs_.asked() == defaults::server_requests_max)
    return refuse(json_rpc::internal_error, "Too many requests at once");
  server_inputs::open_input asked{*what, x.params.detached(), x.id, {}, 0, {}};
  asked.deadline = now + timeout_;
  ask_handler(std::move(asked), timeout_, out);
  return true;
}

void input_requests::on_cancelled(const json_rpc::id& id, session_events& out) {
  auto key = inputs_.find(id);
  if (!key)
    return;
  inputs_.take(*key);
  out.push_back(input_withdrawn{*key});
}

void input_requests::on_time(time_point now, session_events& out) {
  for (auto key : inputs_.due(now)) {
    auto asked = inputs_.take(key);
    sender_.answer(json_rpc::format_error(*asked->asked_by,
                                          json_rpc::internal_error,
                                          "No answer in time"),
                   out);
    out.push_back(input_withdrawn{key});
  }
  if (inputs_.asked() > 0)
    pending_.restart_all(now);
}

// -- what a modern server needs ----------------------------------------------

void input_requests::on_input_required(const pending_request& what,
                                       const json& result, time_point now,
                                       session_events& out) {
  auto parsed = parse_input_required(result, can_);
  if (parsed.error.empty() && what.rounds == defaults::input_rounds_max)
    parsed.error = "the server asks for input again and again";
  if (parsed.error.empty()) {
    hold(what, std::move(parsed.value), now, out);
    return;
  }
  failure why{errc::protocol_error, fate::refused, std::move(parsed.error)};
  out.push_back(
    request_answered{what.ticket, {}, std::move(why), what.rounds > 0});
}

void input_requests::hold(const pending_request& what, input_required asks,
                          time_point now, session_events& out) {
  auto id = sender_.next_id();
  auto next = what;
  ++next.rounds;
  next.held = true;
  next.progress = pending_request{}.progress; // that of a new token
  next.sent = now;
  next.idle = defaults::configured_time_max;
  pending_.add(id, next);
  rounds_[id] = {asks.state.detached(), asks.asks, {}, asks.wanted.size()};
  auto left =
    std::chrono::duration_cast<milliseconds>(what.total_deadline - now);
  for (auto& x : asks.wanted)
    ask_handler({x.what, x.params.detached(), {}, {}, id, std::move(x.key)},
                left, out);
  if (asks.wanted.empty())
    resume(id, now, out);
}

void input_requests::add(server_inputs::open_input asked, json value,
                         time_point now, session_events& out) {
  auto i = rounds_.find(asked.request);
  if (i == rounds_.end())
    return;
  auto& round = i->second;
  round.given.emplace_back(std::move(asked.name), std::move(value));
  if (--round.missing == 0)
    resume(asked.request, now, out);
}

void input_requests::refuse(uint64_t request, failure why,
                            session_events& out) {
  auto ended = pending_.take(request);
  if (!ended)
    return;
  withdraw(request, out);
  why.what_became = fate::refused;
  why.text = "the server asked for input: " + why.text;
  out.push_back(request_answered{ended->ticket, {}, std::move(why), true});
}

void input_requests::resume(uint64_t request, time_point now,
                            session_events& out) {
  auto round = std::move(rounds_.extract(request).mapped());
  auto entry = *pending_.take(request);
  entry.held = false;
  entry.sent = now;
  entry.idle = entry.idle_after_input;
  pending_.add(request, entry);
  auto input = input_of(std::move(round.state), round.asks, round.given);
  send_request(sender_, request, entry, *entry.origin, &input, out);
}

// -- for both ----------------------------------------------------------------

void input_requests::ask_handler(server_inputs::open_input x,
                                 milliseconds timeout, session_events& out) {
  input_wanted event{0, x.what, x.params, timeout};
  event.key = inputs_.add(std::move(x));
  out.push_back(std::move(event));
}

void input_requests::give(uint64_t key, answer<json> x, time_point now,
                          session_events& out) {
  auto asked = inputs_.take(key);
  if (!asked)
    return;
  x = checked(*asked, std::move(x));
  if (asked->asked_by) {
    sender_.answer(x.ok() ? json_rpc::format_result(*asked->asked_by, x.value)
                          : json_rpc::format_error(
                            *asked->asked_by, code_of(x.error), x.error.text),
                   out);
    pending_.restart_all(now);
  } else if (x.ok()) {
    add(std::move(*asked), std::move(x.value), now, out);
  } else {
    refuse(asked->request, std::move(x.error), out);
  }
}

void input_requests::withdraw(uint64_t request, session_events& out) {
  rounds_.erase(request);
  for (auto key : inputs_.take_all_of(request))
    out.push_back(input_withdrawn{key});
}

void input_requests::forget(uint64_t request) {
  rounds_.erase(request);
  inputs_.take_all_of(request);
}

void input_requests::clear() {
  rounds_.clear();
  inputs_.clear();
}

} // namespace troupe
