#include "troupe/actors/session/session.hpp"

#include "troupe/actors/session/earlier.hpp"
#include "troupe/actors/session/input_required.hpp"
#include "troupe/messages/requests.hpp"

#include <algorithm>
#include <cassert>

namespace troupe {

namespace {

/// What a request is about, as its header repeats it.
std::string name_in(std::string_view method, const json& params) {
  auto member = row_of(method).name_member;
  auto value = member.empty() ? std::nullopt : params.find(member);
  return value ? value->as_string().value_or("") : std::string{};
}

pending_request make_request(const request_times& times,
                             session::time_point now) {
  assert(times.idle.count() > 0 && times.total.count() > 0);
  pending_request result;
  result.sent = now;
  result.idle = times.idle;
  result.idle_after_input = times.idle;
  result.total_deadline = now + times.total;
  return result;
}

} // namespace

session::session(const session_options& options)
  : frame_bytes_max_(options.limits.frame_bytes_max), sender_(options.wire),
    handshake_(options, sender_), lists_(sender_, pending_, remarks_),
    inputs_(options, sender_, pending_),
    changes_(options.seed, sender_, remarks_),
    liveness_(options.timeouts, sender_), http_(options, sender_) {
  // nop
}

// -- time --------------------------------------------------------------------

void session::start(time_point now, session_events& out) {
  assert(state() == stage::fresh);
  handshake_.start(now, out);
}

void session::on_time(time_point now, session_events& out) {
  if (!alive())
    return;
  handshake_.on_time(now, out);
  after_handshake_step(now, out);
  inputs_.on_time(now, out);
  for (const auto& x : pending_.due(now)) {
    liveness_.suspect(x.sent);
    out.push_back(request_overdue{x.ticket});
  }
  http_.on_time(now, out);
  changes_.on_time(offers(), now, out);
  check_reachability(now, out);
  if (!liveness_.on_time(now, in_flight() > 0, offers().tools, out))
    fail(errc::liveness_lost, "the server answers neither pings nor requests",
         out);
}

std::optional<session::time_point> session::next_deadline() const {
  if (!alive())
    return std::nullopt;
  auto result = earlier(handshake_.deadline(), pending_.next_deadline());
  result = earlier(result, http_.deadline());
  result = earlier(result, inputs_.next_deadline());
  result = earlier(result, changes_.deadline());
  return earlier(result, liveness_.deadline(in_flight() > 0));
}

// -- requests ----------------------------------------------------------------

uint64_t session::request(std::string_view method, const json& params,
                          const request_options& options,
                          const request_times& times, time_point now,
                          session_events& out) {
  assert(params.is_null() || params.is_object());
  if (state() != stage::ready)
    return 0;
  auto entry = make_request(times, now);
  entry.wants_progress = options.wants_progress;
  auto meta = options.meta;
  if (meta.is_null())
    meta = params.find("_meta").value_or(json{});
  return open(
    std::move(entry),
    {std::string{method}, name_in(method, params), params, std::move(meta), {}},
    out);
}

uint64_t session::call_tool(const troupe::call_tool& what,
                            const request_times& times, time_point now,
                            session_events& out, header_list headers) {
  assert(what.arguments.fault().empty());
  if (state() != stage::ready)
    return 0;
  auto entry = make_request(times, now);
  entry.wants_progress = what.tag != 0;
  return open(std::move(entry),
              {std::string{method_of<troupe::call_tool>}, what.name,
               what.arguments.value(), what.meta, std::move(headers)},
              out);
}

uint64_t session::list(offer_kind what, time_point now, session_events& out) {
  if (state() != stage::ready)
    return 0;
  if (!offers().has(what)) {
    auto ticket = sender_.next_id();
    out.push_back(list_ended{ticket, what, empty_list(what)});
    return ticket;
  }
  changes_.listen(offers(), now, out);
  return lists_.open(what, now, out);
}

void session::give_input(uint64_t key, answer<json> x, time_point now,
                         session_events& out) {
  if (alive())
    inputs_.give(key, std::move(x), now, out);
}

void session::forget(uint64_t ticket) {
  auto id = pending_.id_of(ticket);
  if (!id)
    return;
  pending_.take(*id);
  lists_.forget(ticket);
  inputs_.forget(*id);
}

void session::abandon(uint64_t ticket, std::string_view reason,
                      session_events& out) {
  auto id = pending_.id_of(ticket);
  if (!id)
    return;
  auto held = pending_.find(*id)->held;
  inputs_.withdraw(*id, out);
  forget(ticket);
  if (held || !alive())
    return;
  http_.forget(*id);
  sender_.cancel(*id, reason, out);
}

std::vector<uint64_t> session::close() {
  end_ = stage::closed;
  lists_.clear();
  inputs_.clear();
  return pending_.clear();
}

// -- what goes out -----------------------------------------------------------

uint64_t session::open(pending_request entry, outgoing_request what,
                       session_events& out) {
  auto id = sender_.next_id();
  entry.ticket = id;
  send_request(sender_, id, id, what, nullptr, out);
  if (modern() && row_of(what.method).may_ask_back)
    entry.origin = std::make_shared<const outgoing_request>(std::move(what));
  pending_.add(id, std::move(entry));
  return id;
}

void session::fail(errc code, std::string text, session_events& out) {
  end_ = stage::failed;
  failure why;
  why.code = code;
  why.what_became = fate::outcome_unknown;
  why.text = std::move(text);
  out.push_back(session_failed{std::move(why)});
}

// -- observers ---------------------------------------------------------------

session::stage session::state() const {
  if (end_)
    return *end_;
  switch (handshake_.state()) {
    case handshake::stage::fresh: return stage::fresh;
    case handshake::stage::probing: return stage::probing;
    case handshake::stage::initializing:
    case handshake::stage::opening_stream:
    case handshake::stage::confirming: return stage::initializing;
    case handshake::stage::established:
      return http_.is_opening() ? stage::initializing : stage::ready;
    case handshake::stage::failed: break;
  }
  return stage::failed;
}

size_t session::in_flight() const {
  return pending_.size();
}

bool session::modern() const {
  return handshake_.state() == handshake::stage::established
         && sender_.modern();
}

const server_capabilities& session::offers() const {
  return offers_;
}

const session_counts& session::counts() const {
  return remarks_.counts();
}

unsolicited_traffic session::take_unsolicited() {
  return traffic_.take_unsolicited();
}

known_dialect session::learnt() const {
  return handshake_.learnt();
}

bool session::alive() const {
  auto x = state();
  return x != stage::failed && x != stage::closed;
}

} // namespace troupe
