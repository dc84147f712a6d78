#include "troupe/actors/client/client.hpp"

#include "troupe/actors/client/retry_advice.hpp"
#include "troupe/actors/registry_words.hpp"
#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/actors/type_ids.hpp"

#include <algorithm>

namespace troupe {

namespace {

failure not_sent(errc why, std::string text) {
  return {why, fate::not_sent, std::move(text)};
}

/// An earlier try of the same call may have run.
failure after(fate so_far, failure why) {
  if (why.what_became == fate::not_sent)
    why.what_became = so_far;
  return why;
}

} // namespace

uint64_t client::owner_of(const caf::strong_actor_ptr& caller) {
  return caller ? caller->id() : 0;
}

template <class Call>
void client::fail_call(Call& x, failure why) {
  ++status_.calls_failed;
  x.to.deliver(after(x.so_far, advised(std::move(why))));
}

/// Obedient agents must not have to guess when to ask again.
failure client::advised(failure why) const {
  auto now = time_now();
  auto left = milliseconds{0};
  if (retry_at_ && *retry_at_ > now)
    left = std::chrono::ceil<milliseconds>(*retry_at_ - now);
  if (why.code == errc::auth_required && other_credentials_)
    return why; // it goes on without anybody
  return with_retry_advice(std::move(why), phase_.now(), left);
}

/// What is shown by a changed name is asked for by it, too.
template <class What>
asked_call client::with_real_names(const What& x) const {
  auto given = to_asked(x);
  if (names_.empty())
    return given;
  auto real = to_asked(names_.real(x));
  if (real.name == given.name
      && real.arguments.text() == given.arguments.text())
    return given;
  real.named_by = server_number_;
  return real;
}

// The promise takes the sender out of the message: ask for it first.
template <class Result, class What>
typename reply<Result>::promise client::on_call(const What& x) {
  auto caller = current_sender();
  auto later = promise<Result>();
  call_reply to{reply<Result>{later}};
  auto asked = with_real_names(x);
  ++status_.calls_total;
  if (auto why = refusal(asked)) {
    ++status_.calls_failed;
    to.deliver(advised(std::move(*why)));
  } else {
    accept(std::move(asked), std::move(to), callers_.enter(std::move(caller)));
  }
  return later;
}

template reply<call_tool_result>::promise
client::on_call<call_tool_result>(const call_tool&);
template reply<read_resource_result>::promise
client::on_call<read_resource_result>(const read_resource&);
template reply<get_prompt_result>::promise
client::on_call<get_prompt_result>(const get_prompt&);
template reply<complete_result>::promise
client::on_call<complete_result>(const complete_argument&);

/// What makes a call impossible whatever the server does.
std::optional<failure> client::refusal(const asked_call& x) const {
  if (!x.fault.empty())
    return not_sent(errc::invalid_argument, x.fault);
  if (closing())
    return closed();
  if (phase_.now() == phase::failed)
    return not_sent(errc::failed, status_.last_error_text);
  if (phase_.now() == phase::auth_required)
    return not_sent(errc::auth_required, status_.last_error_text);
  return std::nullopt;
}

failure client::closed() const {
  return runtime_stops_ ? registry_words::stopped()
                        : registry_words::closed(spec_.name);
}

void client::accept(asked_call x, call_reply to, open_callers::hold caller) {
  if (phase_.now() == phase::ready && waiting_.empty()
      && calls_.size() < spec_.limits.in_flight_max) {
    send_call({std::move(x), std::move(to), std::move(caller), time_now()});
    settle();
    return;
  }
  wait(std::move(x), std::move(to), std::move(caller));
}

void client::wait(asked_call x, call_reply to, open_callers::hold caller) {
  auto refuse = [&](errc why, std::string text) {
    ++status_.calls_failed;
    to.deliver(advised(not_sent(why, std::move(text))));
  };
  use();
  if (phase_.now() == phase::degraded)
    return refuse(errc::degraded, status_.last_error_text);
  if (phase_.now() != phase::ready && spec_.not_ready == when_not_ready::refuse)
    return refuse(errc::not_ready,
                  spec_.name + " is " + std::string{to_string(phase_.now())});
  if (waiting_.full())
    return refuse(errc::overloaded, "too many calls wait for " + spec_.name);
  auto now = time_now();
  auto by = waits_until(x, now);
  auto owner = owner_of(caller.who());
  waiting_.push(owner, by.due(queued_.has_value()),
                {std::move(x), std::move(to), std::move(caller), now, false,
                 fate::not_sent, by});
  settle();
}

void client::put_out(const asked_call& x, open_call call) {
  if (!offered(x))
    return fail_call(
      call, not_sent(errc::not_supported,
                     spec_.name + " does not offer " + std::string{x.method}));
  auto ticket = to_session(x);
  if (ticket == 0)
    return fail_call(call,
                     not_sent(errc::not_ready, "the session is not ready"));
  call.list = tools_listed_;
  calls_.emplace(ticket, std::move(call));
}

uint64_t client::to_session(const asked_call& x) {
  if (x.method == tool_call_method)
    return session_->call_tool(x, time_now(), events_, headers_of(x));
  session::request_options options;
  options.idle_timeout = x.idle_timeout;
  options.total_timeout = x.total_timeout;
  options.wants_progress = x.tag != 0;
  options.meta = x.meta;
  return session_->request(x.method, x.arguments, options, time_now(), events_);
}

/// MCP: only what both have declared is used. Tools are tried in any case: the
/// server's answer says more.
bool client::offered(const asked_call& x) const {
  const auto& offers = session_->offers();
  if (x.method == "resources/read")
    return offers.resources;
  if (x.method == "prompts/get")
    return offers.prompts;
  return x.method == tool_call_method || offers.completions;
}

/// Sends what waits, as far as there is room.
void client::pump() {
  if (waiting_.empty())
    return;
  while (phase_.now() == phase::ready && !waiting_.empty()
         && calls_.size() < spec_.limits.in_flight_max)
    send_call(waiting_.pop());
}

/// What is left of its time goes with it.
void client::send_call(waiting_call x) {
  auto left = left_of(x.what, x.arrived);
  if (left.count() <= 0)
    return fail_call(x,
                     not_sent(errc::overdue, "it waited until its deadline"));
  // What stands in a name is hidden, and another server's.
  if (x.what.named_by != 0 && x.what.named_by != server_number_)
    return fail_call(
      x, not_sent(errc::reloaded, "it names what another server offered"));
  open_call call{std::move(x.to), std::move(x.caller),
                 x.what.tag,      x.arrived,
                 x.again,         x.so_far};
  if (wire_of(spec_) == wire_kind::streamable_http)
    call.kept.push_back(x.what);
  x.what.total_timeout = left;
  put_out(x.what, std::move(call));
}

void client::on_cancel(uint64_t tag) {
  if (tag == 0)
    return;
  auto caller = current_sender();
  auto is_it = [&](auto& x) {
    return x.second.tag == tag && x.second.caller.who() == caller;
  };
  auto i = std::find_if(calls_.begin(), calls_.end(), is_it);
  if (i != calls_.end()) {
    give_up(i->first, errc::cancelled, "cancelled by its caller");
    settle();
    return;
  }
  auto waits = waiting_.take(owner_of(caller),
                             [tag](auto& x) { return x.what.tag == tag; });
  if (waits)
    fail_call(*waits, not_sent(errc::cancelled, "cancelled by its caller"));
}

/// Nobody will hear the answers: what its calls hold is given back, also at the
/// server.
void client::on_caller_down(const caf::actor_addr& who) {
  static constexpr std::string_view why = "its caller has ended";
  std::vector<uint64_t> tickets;
  for (const auto& [ticket, x] : calls_)
    if (x.caller == who)
      tickets.push_back(ticket);
  std::sort(tickets.begin(), tickets.end()); // as they came
  for (auto ticket : tickets)
    give_up(ticket, errc::cancelled, why);
  auto is_it = [&](const waiting_call& x) { return x.caller == who; };
  while (auto x = waiting_.take(who.id(), is_it))
    fail_call(*x, not_sent(errc::cancelled, std::string{why}));
  end_waiters_of(who, not_sent(errc::cancelled, std::string{why}));
  callers_.on_down(who);
  settle();
}

void client::end_call(uint64_t ticket, answer<json> with) {
  auto i = calls_.find(ticket);
  if (i == calls_.end())
    return;
  auto call = std::move(i->second);
  calls_.erase(i);
  misfits_.erase(ticket);
  if (!with.ok())
    return fail_call(call, std::move(with.error));
  call.to.deliver(std::move(with));
}

/// Ends a call of which the server may know.
void client::give_up(uint64_t ticket, errc why, std::string_view text) {
  auto became = fate::outcome_unknown;
  if (misfits_.count(ticket) > 0) {
    became = fate::not_sent;
  } else if (outbox_ && outbox_->revoke(ticket)) {
    session_->forget(ticket);
    became = fate::not_sent;
  } else {
    session_->abandon(ticket, text, events_);
  }
  if (lists(ticket))
    return end_list(ticket, {why, became, std::string{text}});
  end_call(ticket, failure{why, became, std::string{text}});
}

void client::expire_waiting(time_point now) {
  auto late = waiting_.expire(now);
  if (late.empty())
    return;
  auto text = spec_.name + " was " + std::string{to_string(phase_.now())}
              + " until the call's deadline";
  if (queued_)
    text += ": " + queued_->text;
  else if (phase_.now() == phase::backoff && !status_.last_error_text.empty())
    text += ": " + status_.last_error_text;
  for (auto& x : late)
    fail_call(x, not_sent(errc::overdue, text));
}

void client::refuse_waiting(const failure& why) {
  for (auto& x : waiting_.clear())
    fail_call(x, why);
}

void client::end_all(errc why, const std::string& text,
                     const std::vector<uint64_t>& unsent) {
  auto became = [&](uint64_t ticket) {
    auto i = std::find(unsent.begin(), unsent.end(), ticket);
    return i == unsent.end() && misfits_.count(ticket) == 0
             ? fate::outcome_unknown
             : fate::not_sent;
  };
  auto calls = std::move(calls_);
  calls_.clear();
  for (auto& [ticket, call] : calls)
    fail_call(call, {why, became(ticket), text});
  misfits_.clear();
  header_list_ = 0;
  lose_lists();
  unwant_all();
}

} // namespace troupe
