#include "troupe/actors/client/client.hpp"

#include "troupe/actors/type_ids.hpp"

#include <algorithm>

/// How a client sends calls once more: what its server did not take, because it
/// had forgotten the session (MCP, "Session Management"), and what it refused
/// for its headers (client_headers.cpp).
namespace troupe {

/// Only what the server's own list calls harmless is ours to repeat.
bool client::harmless(const asked_call& x) const {
  if (x.method != tool_call_method)
    return true; // it only reads
  const auto& known = std::get<0>(catalog_).last;
  if (!known)
    return false;
  auto is_it = [&](const tool& t) {
    return names_.real_name(offer_kind::tools, t.name) == x.name;
  };
  auto i = std::find_if(known->tools.begin(), known->tools.end(), is_it);
  return i != known->tools.end()
         && (i->annotations.read_only_hint || i->annotations.idempotent_hint);
}

bool client::may_repeat(const open_call& x) const {
  return !x.again && !x.kept.empty() && harmless(x.kept.front());
}

/// A call that met the news that its session is no more.
bool client::repeat(const request_answered& x) {
  auto i = calls_.find(x.ticket);
  return x.error.code == errc::session_expired
         && x.error.what_became == fate::not_sent && i != calls_.end()
         && may_repeat(i->second) && send_later(x.ticket, true, fate::not_sent);
}

/// All others that were in that session: the server may have taken some of
/// them before it forgot it. What was not sent at all is not repeated by being
/// sent.
void client::repeat_all(const std::vector<uint64_t>& unsent) {
  std::vector<uint64_t> tickets;
  for (const auto& [ticket, call] : calls_)
    tickets.push_back(ticket);
  std::sort(tickets.begin(), tickets.end()); // as they came
  for (auto ticket : tickets) {
    const auto& call = calls_.at(ticket);
    auto sent = std::find(unsent.begin(), unsent.end(), ticket) == unsent.end();
    if (!sent)
      send_later(ticket, call.again, call.so_far);
    else if (may_repeat(call))
      send_later(ticket, true, fate::outcome_unknown);
  }
}

/// In the next session, which begins at once. False where there is no room.
bool client::send_later(uint64_t ticket, bool again, fate so_far) {
  auto i = calls_.find(ticket);
  if (i == calls_.end() || i->second.kept.empty() || waiting_.full()
      || closing())
    return false;
  auto call = std::move(i->second);
  calls_.erase(i);
  auto owner = owner_of(call.caller.who());
  auto& what = call.kept.front();
  auto by = waits_until(what, call.arrived);
  waiting_.push(owner, by.due(queued_.has_value()),
                {std::move(what), std::move(call.to), std::move(call.caller),
                 call.arrived, again, so_far, by});
  return true;
}

/// At once, and in the time that the first try has left.
asked_call client::take_again(open_call& x) {
  auto what = std::move(x.kept.front());
  x.kept.clear();
  what.total_timeout =
    std::max(left_of(what, x.arrived), milliseconds{1}); // 0: the default
  return what;
}

// -- deadlines ----------------------------------------------------------------

/// From a call's arrival; nothing extends it.
milliseconds client::total_of(const asked_call& x) const {
  return x.total_timeout.count() > 0 ? x.total_timeout
                                     : spec_.timeouts.call_total;
}

milliseconds client::left_of(const asked_call& x, time_point arrived) const {
  auto past = std::chrono::duration_cast<milliseconds>(time_now() - arrived);
  return total_of(x) - past;
}

/// A wait that begins now is silence, too.
wait_deadline client::waits_until(const asked_call& x,
                                  time_point arrived) const {
  auto now = time_now();
  wait_deadline by{now};
  if (x.idle_timeout.count() > 0)
    by.named(now + x.idle_timeout);
  else
    by.usual(now + spec_.timeouts.call_idle);
  if (x.total_timeout.count() > 0)
    by.named(arrived + x.total_timeout);
  else
    by.usual(arrived + spec_.timeouts.call_total);
  return by;
}

} // namespace troupe
