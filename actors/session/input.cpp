#include "troupe/actors/session/session.hpp"

#include "troupe/messages/elicitation.hpp"

/// What a session does when its server wants to know something: a legacy one
/// sends requests of its own, a modern one answers ours with what it needs
/// (MCP 2026-07-28, "Multi Round-Trip Requests").
namespace troupe {

namespace {

/// The result as it is sent, or why it cannot be.
answer<json> checked(const server_inputs::open_input& asked, answer<json> x) {
  if (!x.ok())
    return x;
  if (!x.value.is_object())
    return failure{errc::invalid_argument, fate::refused,
                   "The input is no object."};
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

} // namespace

// -- a legacy server's requests ----------------------------------------------

/// Whether it was one for our handler, taken or refused.
bool session::on_server_request(json_rpc::request& x, time_point now,
                                session_events& out) {
  auto what = wanted_by(x.method);
  if (!what || state() != stage::ready || modern())
    return false;
  auto refuse = [&](int64_t code, std::string_view text) {
    sender_.answer(json_rpc::format_error(x.id, code, text), out);
    return true;
  };
  const auto& can = options_.capabilities;
  if (*what == server_request::kind::elicitation
      && (can.elicitation || can.elicitation_url)
      && !declares(can, *what, x.params))
    return refuse(json_rpc::invalid_params, "This mode was not declared");
  if (!declares(can, *what, x.params))
    return false;
  if (inputs_.find(x.id) != 0)
    return refuse(json_rpc::invalid_request, "The id is in use");
  if (inputs_.asked() == defaults::server_requests_max)
    return refuse(json_rpc::internal_error, "Too many requests at once");
  server_inputs::open_input asked{*what, x.params.detached(), x.id, {}, 0, {}};
  asked.deadline = now + options_.timeouts.call_total;
  ask_handler(std::move(asked), options_.timeouts.call_total, out);
  return true;
}

void session::ask_handler(server_inputs::open_input x, milliseconds timeout,
                          session_events& out) {
  input_wanted event{0, x.what, x.params, timeout};
  event.key = inputs_.add(std::move(x));
  out.push_back(std::move(event));
}

/// MCP, "Cancellation": no answer is sent any more.
void session::on_request_cancelled(const json_rpc::id& id,
                                   session_events& out) {
  auto key = inputs_.find(id);
  if (key != 0 && inputs_.take(key))
    out.push_back(input_unwanted{key});
}

void session::expire_requests(time_point now, session_events& out) {
  for (auto key : inputs_.due(now)) {
    auto asked = inputs_.take(key);
    sender_.answer(json_rpc::format_error(*asked->asked_by,
                                          json_rpc::internal_error,
                                          "Nobody answered in time"),
                   out);
    out.push_back(input_unwanted{key});
  }
}

// -- what a modern server needs ----------------------------------------------

void session::on_input_required(const pending_request& what, const json& result,
                                time_point now, session_events& out) {
  auto parsed = parse_input_required(result, options_.capabilities);
  if (parsed.error.empty() && what.rounds == defaults::input_rounds_max)
    parsed.error = "the server asks for input again and again";
  if (!parsed.error.empty()) {
    deliver(
      what,
      failure{errc::protocol_error, fate::refused, std::move(parsed.error)},
      out);
    return;
  }
  auto& asks = parsed.value;
  auto id = sender_.next_id();
  auto next = what;
  ++next.rounds;
  next.held = true;
  next.progress = pending_request{}.progress; // the new token's own
  next.sent = now;
  next.idle = defaults::configured_time_max;
  pending_.add(id, next);
  rounds_[what.ticket] = {id, {asks.state.detached(), asks.asks, {}, 0}};
  rounds_[what.ticket].round.missing = asks.wanted.size();
  auto left =
    std::chrono::duration_cast<milliseconds>(what.total_deadline - now);
  for (auto& x : asks.wanted)
    ask_handler({x.what, x.params.detached(), {}, {}, id, std::move(x.key)},
                left, out);
  if (asks.wanted.empty())
    resume(what.ticket, now, out);
}

void session::resume(uint64_t ticket, time_point now, session_events& out) {
  auto& [id, round] = rounds_.at(ticket);
  auto entry = *pending_.take(id);
  entry.held = false;
  entry.sent = now;
  entry.idle = entry.idle_after_input;
  pending_.add(id, entry);
  given_input input;
  input.state = round.state;
  if (round.asks) {
    json_writer responses;
    responses.begin_object();
    for (const auto& [name, value] : round.given)
      responses.member(name, value);
    input.responses = responses.end_object().finish();
  }
  send_request(sender_, id, ticket, *entry.origin, &input, out);
}

// -- for both ----------------------------------------------------------------

void session::give_input(uint64_t key, answer<json> x, time_point now,
                         session_events& out) {
  auto asked = inputs_.take(key);
  if (!asked || !alive())
    return;
  x = checked(*asked, std::move(x));
  if (asked->asked_by) {
    sender_.answer(x.ok() ? json_rpc::format_result(*asked->asked_by, x.value)
                          : json_rpc::format_error(
                            *asked->asked_by, code_of(x.error), x.error.text),
                   out);
    pending_.restart_all(now);
    return;
  }
  auto what = pending_.find(asked->request);
  if (!what)
    return;
  auto ticket = what->ticket;
  if (!x.ok()) {
    auto ended = *pending_.take(asked->request);
    withdraw(asked->request, out);
    x.error.what_became = fate::refused;
    x.error.text = "the server asked for input: " + x.error.text;
    deliver(ended, std::move(x.error), out);
    return;
  }
  auto& round = rounds_.at(ticket).round;
  round.given.emplace_back(std::move(asked->name), std::move(x.value));
  if (--round.missing == 0)
    resume(ticket, now, out);
}

/// The request that needed it is over.
void session::withdraw(uint64_t request, session_events& out) {
  for (auto key : inputs_.take_all_of(request))
    out.push_back(input_unwanted{key});
}

} // namespace troupe
