#include "troupe/actors/client/client.hpp"

#include "troupe/actors/client/server_identity.hpp"
#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/actors/type_ids.hpp"
#include "troupe/messages/config/config.hpp"

#include <algorithm>
#include <array>
#include <limits>

/// What people and the registry command: be ready, reload, close.
namespace troupe {

namespace {

std::optional<failure> fault_in(milliseconds timeout) {
  if (timeout.count() >= 0)
    return std::nullopt;
  return failure{errc::invalid_argument, fate::not_sent,
                 "the timeout is below zero"};
}

/// The supervisor knows a client by its name, which cannot change.
std::optional<failure> fault_in(const server_spec& now, const reload& x) {
  if (auto why = fault_in(x.timeout))
    return why;
  if (x.spec.empty())
    return std::nullopt;
  if (x.spec.front()->name != now.name)
    return failure{errc::invalid_spec, fate::not_sent,
                   now.name + " cannot be given another name"};
  return validate(x.spec.front());
}

} // namespace

// -- be ready -----------------------------------------------------------------

reply<client_status>::promise client::on_ensure_ready(const ensure_ready& x) {
  auto caller = current_sender();
  auto later = promise<client_status>();
  reply<client_status> to{later};
  if (auto why = fault_in(x.timeout)) {
    to.deliver(std::move(*why));
    return later;
  }
  auto& known = life_.facts();
  if (life_.is(phase::ready))
    to.deliver(current_status());
  else if (life_.closing())
    to.deliver(life_.closed());
  else if (life_.is(phase::failed) || life_.is(phase::degraded)
           || life_.is(phase::auth_required))
    to.deliver(
      advised({known.last_error, fate::not_sent, known.last_error_text}));
  else
    wait_until_ready(std::move(to), x.timeout,
                     callers_.enter(std::move(caller)));
  start_if_idle();
  arm();
  return later;
}

void client::wait_until_ready(reply<client_status> to, milliseconds timeout,
                              open_callers::hold caller) {
  if (ready_waiters_.full()) {
    to.deliver(advised({errc::overloaded, fate::not_sent,
                        "too many requests wait for " + spec_->name}));
    return;
  }
  auto now = time_now();
  wait_deadline by{now};
  // The default is longer than the attempt itself, whose end names the cause
  // and comes when nothing is left of it.
  if (timeout.count() > 0)
    by.named(now + timeout);
  else
    by.usual(now + spec_->timeouts.drain + ready_timeout(spec_)
             + 2 * std::max(plan_.stop_grace, spec_->timeouts.stop_grace)
             + defaults::guard_answer_margin);
  auto incarnation = life_.facts().incarnation;
  ready_waiters_.add(std::move(to), std::move(caller), by,
                     connection_ ? incarnation - 1 : incarnation);
}

void client::deliver(ready_waiters::replies to, const failure& why) {
  for (auto& x : to)
    x.deliver(why);
}

/// A server is needed: a lazy one is started, a degraded one is tried (the
/// supervisor says how often).
void client::start_if_idle() {
  if (life_.is(phase::idle)) {
    move(phase_event::start);
    begin(plan_.take_reason());
  } else if (life_.is(phase::degraded)) {
    begin(start_reason::call);
  }
}

milliseconds ready_timeout(const server_spec& spec) {
  if (spec.timeouts.ready.count() > 0)
    return std::min<milliseconds>(spec.timeouts.ready,
                                  defaults::ready_timeout_max);
  static constexpr std::array<std::string_view, 6> launchers{
    "npx", "uvx", "bunx", "pipx", "docker", "podman"};
  std::string_view program{spec.command};
  program.remove_prefix(program.find_last_of('/') + 1);
  auto is_launcher =
    std::find(launchers.begin(), launchers.end(), program) != launchers.end();
  return is_launcher ? defaults::ready_timeout_launcher
                     : defaults::ready_timeout;
}

// -- reload -------------------------------------------------------------------

reply<client_status>::promise client::on_reload(const reload& x) {
  auto caller = current_sender();
  auto later = promise<client_status>();
  reply<client_status> to{later};
  auto why = fault_in(spec_, x);
  if (life_.closing() && x.timeout.count() >= 0)
    why = life_.closed();
  if (why) {
    to.deliver(std::move(*why));
    return later;
  }
  auto changed = !x.spec.empty() && !(x.spec.front() == spec_);
  if (changed)
    adopt(x.spec.front());
  // Its first use will start it, with the new spec.
  if (!x.spec.empty() && spec_->lazy && life_.is(phase::idle)) {
    to.deliver(current_status());
    return later;
  }
  wait_until_ready(std::move(to), x.timeout, callers_.enter(std::move(caller)));
  start_again(changed);
  arm();
  return later;
}

void client::adopt(const shared_spec& x) {
  auto same = is_same_server(spec_, x);
  spec_ = x;
  plan_.on_new_spec();
  book_.configure(spec_);
  life_.facts().transport = spec_->transport;
  if (connection_)
    connection_->rebase(same ? connection::basis::changed
                             : connection::basis::other_server);
  if (!same)
    forget_server();
}

/// What is known of the old server does not hold for the new one.
void client::forget_server() {
  catalog_.forget(wire_of(spec_) != wire_kind::lines);
  // Calls it refused for their headers get that refusal: no list will come.
  deliver(book_.end_refused(std::numeric_limits<uint64_t>::max()));
  auto& known = life_.facts();
  known.protocol_version.clear();
  known.server = {};
  known.instructions.clear();
}

void client::start_again(bool changed) {
  switch (life_.state()) {
    case phase::ready:
      move(phase_event::reload, errc::reloaded, "reload");
      return drain(spec_->timeouts.drain);
    case phase::connecting:
    case phase::handshaking:
      plan_.reason = start_reason::commanded;
      // Without a new spec the attempt under way already is the next
      // incarnation.
      if (changed)
        give_attempt_up();
      return;
    case phase::draining: return;
    default:
      move(phase_event::reload);
      // The transport of a failed life may not be gone yet: its end begins the
      // next one (on_ended).
      if (!transport_)
        begin(plan_.take_reason());
  }
}

/// The attempt under way is one of an old spec: its end begins the next one
/// (on_ended). If no transport was granted yet, the supervisor gets the new
/// spec.
void client::give_attempt_up() {
  if (!transport_)
    return begin(start_reason::commanded);
  fail_connection(errc::reloaded, "the specification changed");
  move(phase_event::reload);
}

// -- close --------------------------------------------------------------------

reply<stop_report>::promise client::on_close(const close_client& x) {
  auto later = promise<stop_report>();
  auto most = std::clamp<milliseconds>(x.drain, milliseconds{0},
                                       defaults::configured_time_max);
  close_waiters_.emplace_back(later);
  if (life_.closing()) {
    shorten_close(most);
  } else {
    life_.close();
    refuse_all(life_.closed());
    if (life_.is(phase::ready) && most.count() > 0 && book_.in_flight() > 0) {
      move(phase_event::reload, errc::closed, "close");
      drain(most);
    } else {
      stop_for_good();
    }
  }
  arm();
  return later;
}

/// A second close while closing: the shorter drain counts, and the proof gets a
/// deadline if it has none.
void client::shorten_close(milliseconds drain) {
  using deadline = life::deadline;
  if (auto by = life_.get(deadline::drain))
    life_.set(deadline::drain, std::min(*by, time_now() + drain));
  else if (!life_.get(deadline::proof))
    life_.set(deadline::proof, time_now() + defaults::unkillable_after);
}

} // namespace troupe
