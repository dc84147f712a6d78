#include "troupe/actors/client/request_book.hpp"

#include "troupe/actors/session/earlier.hpp"
#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/messages/json/rpc.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// The owner of a request in the fair queue; 0: it has no caller.
uint64_t owner_of(const asked_request& x) {
  return x.caller.who() ? x.caller.who()->id() : 0;
}

template <class Map, class F>
std::vector<uint64_t> keys_where(const Map& map, F is_it) {
  std::vector<uint64_t> result;
  for (const auto& [key, x] : map)
    if (is_it(x))
      result.push_back(key);
  std::sort(result.begin(), result.end()); // in order of arrival
  return result;
}

} // namespace

request_book::request_book(const server_spec& spec)
  : waiting_(spec.limits.waiting_calls_max) {
  configure(spec);
}

void request_book::configure(const server_spec& spec) {
  in_flight_max_ = spec.limits.in_flight_max;
  default_times_ = {spec.timeouts.call_idle, spec.timeouts.call_total};
  keeps_arguments_ = wire_of(spec) == wire_kind::streamable_http;
  waiting_.resize(spec.limits.waiting_calls_max);
}

// -- arrived ------------------------------------------------------------------

asked_request request_book::arrive(asked_call what, call_reply to,
                                   time_point now) {
  asked_request x;
  x.what = std::move(what);
  x.to = std::move(to);
  x.arrived = now;
  return x;
}

bool request_book::passes() const {
  return waiting_.empty() && sent_.size() < in_flight_max_;
}

void request_book::wait(asked_request&& x, time_point now, bool queued) {
  x.by = waits_until(x, now);
  auto due = x.by.due(queued);
  auto owner = owner_of(x);
  waiting_.push(owner, due, std::move(x));
}

// -- sent ---------------------------------------------------------------------

bool request_book::may_send() const {
  return !waiting_.empty() && sent_.size() < in_flight_max_;
}

asked_request request_book::take_next() {
  return waiting_.pop();
}

void request_book::send(uint64_t ticket, asked_request&& x) {
  if (!keeps_arguments_) {
    x.what.arguments = {};
    x.what.meta = {};
  }
  sent_.emplace(ticket, std::move(x));
}

void request_book::continues(uint64_t ticket) {
  if (auto i = sent_.find(ticket); i != sent_.end())
    i->second.so_far = fate::outcome_unknown;
}

const asked_request* request_book::find(uint64_t ticket) const {
  auto i = sent_.find(ticket);
  return i == sent_.end() ? nullptr : &i->second;
}

uint64_t request_book::ticket_of(const caf::strong_actor_ptr& caller,
                                 uint64_t tag) const {
  auto is_it = [&](const auto& x) {
    return x.second.what.tag == tag && x.second.caller.who() == caller;
  };
  auto i = std::find_if(sent_.begin(), sent_.end(), is_it);
  return i == sent_.end() ? 0 : i->first;
}

std::vector<uint64_t>
request_book::tickets_of(const caf::actor_addr& caller) const {
  return keys_where(sent_, [&](const auto& x) { return x.caller == caller; });
}

asked_request request_book::take(uint64_t ticket) {
  refused_.erase(ticket);
  return std::move(sent_.extract(ticket).mapped());
}

// -- answered -----------------------------------------------------------------

std::optional<request_book::ending> request_book::end(uint64_t ticket,
                                                      answer<json> with) {
  if (!sent_.contains(ticket))
    return std::nullopt;
  if (!with.ok())
    return refuse(take(ticket), std::move(with.error));
  return ending{take(ticket), std::move(with)};
}

request_book::ending request_book::refuse(asked_request&& x, failure why) {
  if (why.what_became == fate::not_sent)
    why.what_became = x.so_far; // an earlier try may have run
  return {std::move(x), std::move(why)};
}

request_book::endings
request_book::cancel_waiting(const caf::strong_actor_ptr& caller, uint64_t tag,
                             const failure& why) {
  endings result;
  auto is_it = [tag](const asked_request& x) { return x.what.tag == tag; };
  if (auto x = waiting_.take(caller ? caller->id() : 0, is_it))
    result.push_back(refuse(std::move(*x), why));
  return result;
}

request_book::endings
request_book::end_waiting_of(const caf::actor_addr& caller,
                             const failure& why) {
  endings result;
  auto is_it = [&](const asked_request& x) { return x.caller == caller; };
  while (auto x = waiting_.take(caller.id(), is_it))
    result.push_back(refuse(std::move(*x), why));
  return result;
}

request_book::endings request_book::end_waiting(const failure& why) {
  endings result;
  for (auto& x : waiting_.clear())
    result.push_back(refuse(std::move(x), why));
  return result;
}

// -- sent once more -----------------------------------------------------------

bool request_book::may_repeat(const asked_request& x,
                              const harmless_fn& harmless) const {
  return keeps_arguments_ && !x.repeated && !x.renewed && harmless(x.what);
}

bool request_book::repeat(uint64_t ticket, const failure& why,
                          const harmless_fn& harmless, time_point now,
                          bool queued) {
  auto x = find(ticket);
  return why.code == errc::session_expired && why.what_became == fate::not_sent
         && x != nullptr && may_repeat(*x, harmless)
         && send_later(ticket, true, fate::not_sent, now, queued);
}

/// False where there is no room, or nothing to send.
bool request_book::send_later(uint64_t ticket, bool repeated, fate so_far,
                              time_point now, bool queued) {
  if (!keeps_arguments_ || waiting_.full())
    return false;
  auto x = take(ticket);
  x.repeated = repeated;
  x.so_far = so_far;
  wait(std::move(x), now, queued);
  return true;
}

bool request_book::await_list(uint64_t ticket, const failure& why,
                              uint64_t list, time_point now) {
  auto x = find(ticket);
  if (x == nullptr || !keeps_arguments_ || x->renewed
      || x->what.method != method_of<call_tool>)
    return false;
  refused_[ticket] = {why, list, waits_until(*x, now).due(false)};
  return true;
}

bool request_book::awaits_list_number(uint64_t list) const {
  return std::any_of(refused_.begin(), refused_.end(),
                     [=](auto& x) { return x.second.list == list; });
}

std::vector<asked_request> request_book::take_refused(uint64_t list) {
  std::vector<asked_request> result;
  auto is_it = [=](const refused_request& x) { return x.list <= list; };
  for (auto ticket : keys_where(refused_, is_it)) {
    auto x = take(ticket);
    x.renewed = true;
    result.push_back(std::move(x));
  }
  return result;
}

request_book::endings request_book::end_refused(uint64_t list) {
  endings result;
  auto is_it = [=](const refused_request& x) { return x.list <= list; };
  for (auto ticket : keys_where(refused_, is_it)) {
    auto why = std::move(refused_.at(ticket).why);
    result.push_back(refuse(take(ticket), std::move(why)));
  }
  return result;
}

// -- its connection is lost ---------------------------------------------------

/// A request that was not sent at all may be sent without being a repeat. The
/// server may have taken some of the others before it forgot the session.
request_book::endings request_book::on_connection_lost(
  const failure& why, const std::vector<uint64_t>& unsent,
  const harmless_fn& harmless, time_point now, bool queued) {
  endings result;
  for (auto ticket : keys_where(sent_, [](auto&) { return true; })) {
    auto& x = sent_.at(ticket);
    auto sent = std::find(unsent.begin(), unsent.end(), ticket) == unsent.end();
    auto became =
      sent && !awaits_list(ticket) ? fate::outcome_unknown : fate::not_sent;
    auto again = false;
    if (harmless && !sent)
      again = send_later(ticket, x.repeated, x.so_far, now, queued);
    else if (harmless && may_repeat(x, harmless))
      again = send_later(ticket, true, became, now, queued);
    if (again)
      continue;
    auto told = why;
    told.what_became = became;
    result.push_back(refuse(take(ticket), std::move(told)));
  }
  return result;
}

// -- time ---------------------------------------------------------------------

request_book::overdue request_book::expire(time_point now) {
  overdue result{waiting_.expire(now), {}};
  auto is_late = [=](const refused_request& x) { return x.by <= now; };
  for (auto ticket : keys_where(refused_, is_late)) {
    auto text = "no list of tools came in time to repeat it: "
                + refused_.at(ticket).why.text;
    result.refused.push_back(
      refuse(take(ticket), {errc::overdue, fate::not_sent, std::move(text)}));
  }
  return result;
}

std::optional<request_book::time_point> request_book::next_deadline() const {
  auto next = waiting_.next_deadline();
  for (auto& [ticket, x] : refused_)
    next = earlier(next, x.by);
  return next;
}

void request_book::on_queued() {
  waiting_.retime([](asked_request& x) { return x.by.due(true); });
}

/// Default total times begin later by the time that the start was queued.
void request_book::put_off(time_point begin, time_point end) {
  waiting_.retime([=](asked_request& x) {
    auto by = x.by.put_off(begin, end);
    if (x.what.total_timeout.count() <= 0)
      x.arrived += by;
    return x.by.due(false);
  });
}

/// The times that its caller named, else those of the specification. The total
/// runs from its arrival.
request_times request_book::times_of(const asked_call& x) const {
  auto named = [](milliseconds time) { return time.count() > 0; };
  return {named(x.idle_timeout) ? x.idle_timeout : default_times_.idle,
          named(x.total_timeout) ? x.total_timeout : default_times_.total};
}

request_times request_book::left(const asked_request& x, time_point now) const {
  auto times = times_of(x.what);
  times.total -= std::chrono::duration_cast<milliseconds>(now - x.arrived);
  return times;
}

/// Time in the queue counts as silence, too.
wait_deadline request_book::waits_until(const asked_request& x,
                                        time_point now) const {
  auto times = times_of(x.what);
  wait_deadline by{now};
  if (x.what.idle_timeout.count() > 0)
    by.named(now + times.idle);
  else
    by.usual(now + times.idle);
  if (x.what.total_timeout.count() > 0)
    by.named(x.arrived + times.total);
  else
    by.usual(x.arrived + times.total);
  return by;
}

} // namespace troupe
