#include "troupe/actors/client/client.hpp"

#include "troupe/actors/client/server_identity.hpp"
#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/actors/type_ids.hpp"

#include "troupe/messages/config/config.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// Our name is how the supervisor knows us: it cannot change.
std::optional<failure> unusable(const std::string& name, const reload& x) {
  if (x.spec.empty())
    return std::nullopt;
  if (x.spec.front().name != name)
    return failure{errc::invalid_spec,
                   fate::not_sent,
                   name + " cannot be called otherwise",
                   0,
                   {}};
  return validate(x.spec.front());
}

failure below_zero() {
  return {errc::invalid_argument, fate::not_sent, "the timeout is below zero"};
}

} // namespace

// -- asked for ----------------------------------------------------------------

reply<client_status>::promise client::on_ensure_ready(const ensure_ready& x) {
  auto caller = current_sender();
  auto later = promise<client_status>();
  reply<client_status> to{later};
  if (x.timeout.count() < 0) {
    to.deliver(below_zero());
    return later;
  }
  if (phase_.now() == phase::ready)
    to.deliver(get());
  else if (closing())
    to.deliver(closed());
  else if (phase_.now() == phase::failed || phase_.now() == phase::degraded
           || phase_.now() == phase::auth_required)
    to.deliver(
      advised({status_.last_error, fate::not_sent, status_.last_error_text}));
  else
    wait_until_ready(std::move(to), callers_.enter(std::move(caller)),
                     x.timeout);
  use();
  arm();
  return later;
}

reply<client_status>::promise client::on_reload(const reload& x) {
  auto caller = current_sender();
  auto later = promise<client_status>();
  reply<client_status> to{later};
  if (x.timeout.count() < 0) {
    to.deliver(below_zero());
    return later;
  }
  if (closing()) {
    to.deliver(closed());
    return later;
  }
  if (auto why = unusable(spec_.name, x)) {
    to.deliver(std::move(*why));
    return later;
  }
  auto changed = !x.spec.empty() && x.spec.front() != spec_;
  if (changed) {
    auto same = is_same_server(spec_, x.spec.front());
    spec_ = x.spec.front();
    ++spec_version_;
    waiting_.resize(spec_.limits.waiting_calls_max);
    known_ = known_dialect::unknown;
    mute_retry_ = false;
    old_session_ = session_.has_value();
    status_.transport = spec_.transport;
    if (!same)
      forget_server();
  }
  // Its first use will start it, with the new spec.
  if (!x.spec.empty() && spec_.lazy && phase_.now() == phase::idle) {
    to.deliver(get());
    return later;
  }
  wait_until_ready(std::move(to), callers_.enter(std::move(caller)), x.timeout);
  switch (phase_.now()) {
    case phase::ready:
      move(phase_event::reload, errc::reloaded, "reload");
      drain();
      break;
    case phase::connecting:
    case phase::handshaking:
      next_start_ = start_reason::commanded;
      // Without a new spec the attempt under way is the next incarnation.
      if (changed)
        start_over();
      break;
    case phase::draining: break;
    default:
      move(phase_event::reload);
      // The transport of a failed life may not be gone yet: its end begins the
      // next one (on_ended).
      if (!transport_)
        begin(std::exchange(next_start_, start_reason::commanded));
  }
  arm();
  return later;
}

/// The attempt under way is one of an old spec: its end begins the next one
/// (on_ended). Where none was granted yet, the supervisor is told the new spec.
void client::start_over() {
  if (!transport_)
    return begin(start_reason::commanded);
  fail_connection(errc::reloaded, "the specification changed");
  move(phase_event::reload);
}

reply<stop_report>::promise client::on_close(const close_client& x) {
  auto later = promise<stop_report>();
  auto most = std::clamp<milliseconds>(x.drain, milliseconds{0},
                                       defaults::configured_time_max);
  auto first = !closing();
  close_waiters_.emplace_back(later);
  if (!first) {
    hurry(most);
    return later;
  }
  refuse_all(closed());
  if (phase_.now() == phase::ready && most.count() > 0 && !calls_.empty()) {
    spec_.timeouts.drain = most;
    move(phase_event::reload, errc::closed, "close");
    drain();
  } else {
    stop_for_good();
  }
  arm();
  return later;
}

/// Another one closes what closes already: the shorter patience counts, and the
/// answer has a deadline again.
void client::hurry(milliseconds drain) {
  if (drain_by_)
    drain_by_ = std::min(*drain_by_, time_now() + drain);
  else if (!close_by_)
    close_by_ = time_now() + defaults::unkillable_after;
  arm();
}

/// Somebody needs the server: a lazy one is started, a degraded one is tried
/// (the supervisor says how often).
void client::use() {
  if (phase_.now() == phase::idle) {
    move(phase_event::start);
    begin(std::exchange(next_start_, start_reason::commanded));
  } else if (phase_.now() == phase::degraded) {
    begin(start_reason::call);
  }
}

// -- starting -----------------------------------------------------------------

/// Whoever gives the credentials has others than those that were refused, and
/// may have said so before we heard of the refusal.
void client::on_credentials() {
  if (phase_.now() != phase::auth_required || closing()
      || !std::exchange(other_credentials_, false))
    return;
  move(phase_event::start, errc::none, "there are other credentials");
  if (!transport_)
    begin(start_reason::authorized);
  else // its end begins the next start (on_ended)
    next_start_ = start_reason::authorized;
}

void client::begin(start_reason why) {
  tell(this, supervisor_,
       start_wanted{spec_.name, why, spec_, spec_version_, incarnation_});
}

void client::on_granted(const start_granted& x) {
  transport_ = x.transport;
  incarnation_ = x.incarnation;
  restarts_ = x.restarts;
  stop_grace_ = spec_.timeouts.stop_grace;
  retry_at_.reset();
  other_credentials_ = false; // it asks its source anew
  leave_queue();
  if (phase_.now() == phase::backoff || phase_.now() == phase::degraded)
    move(phase_event::retry);
  if (phase_.now() != phase::connecting) {
    stop_transport_now(errc::closed, "nobody wants it any more");
    return;
  }
  if (x.spec_version != spec_version_) { // we have asked for another one
    stop_transport_now(errc::reloaded, "the specification changed");
    return;
  }
  session_options options;
  options.wire = wire_of(spec_);
  options.seed = static_cast<uint32_t>(id());
  options.dialect = spec_.dialect;
  if (options.wire != wire_kind::lines)
    known_ = x.known; // a process is known to us alone, a URL to others as well
  options.known = known_;
  options.timeouts = spec_.timeouts;
  options.limits = spec_.limits;
  options.capabilities = handler_.declare();
  session_.emplace(options);
  mute_retry_ = mute_retry_ || options.known == known_dialect::legacy_mute;
  begin_words();
  handshake_by_ = time_now() + ready_timeout(spec_);
  tell(this, transport_, open_transport{});
  arm();
}

void client::on_up(const transport_up& x) {
  if (x.incarnation != incarnation_ || phase_.now() != phase::connecting
      || !session_)
    return;
  if (x.link.hidden)
    words_.begin(x.link.hidden);
  outbox_ = x.link.out;
  window_ = x.link.window;
  keep_pace();
  status_.pid = x.link.pid;
  status_.weaker_guarantee = x.link.weaker_guarantee;
  move(phase_event::transport_up);
  session_->start(time_now(), events_);
  settle();
}

void client::on_verdict(const start_verdict& x) {
  if (closing())
    return;
  // It crossed our wish to start again: what it says is in the past.
  if (phase_.now() == phase::connecting && x.incarnation > 0
      && x.incarnation == incarnation_)
    return;
  leave_queue();
  status_.last_error = x.why.code;
  status_.last_error_text = x.why.text;
  retry_at_.reset();
  if (x.delay.count() > 0)
    retry_at_ = time_now() + x.delay;
  auto event = x.next == phase::failed     ? phase_event::give_up
               : x.next == phase::degraded ? phase_event::park
                                           : phase_event::postponed;
  move(event, x.why.code, x.why.text);
  // A place in a queue is no failure of the server: go on waiting.
  if (x.why.code == errc::overloaded)
    return;
  if (x.next == phase::backoff)
    fail_ready_of(x.incarnation, x.why);
  else
    refuse_all(x.why);
}

} // namespace troupe
