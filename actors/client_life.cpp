#include "actors/client.hpp"

#include "actors/type_ids.hpp"
#include "actors/wire.hpp"

#include "messages/config.hpp"

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

/// Whether a server that had not answered its probe may work without one: it
/// ended, or it took the probe for its choice of the era.
bool may_be_the_probes_doing(errc why) {
  return why == errc::child_exited || why == errc::connection_lost
         || why == errc::handshake_failed || why == errc::no_common_version;
}

} // namespace

// -- asked for ----------------------------------------------------------------

reply<client_status>::promise client::on_ensure_ready(const ensure_ready& x) {
  auto later = promise<client_status>();
  reply<client_status> to{later};
  if (phase_.now() == phase::ready)
    to.deliver(get());
  else if (closing() || phase_.now() == phase::stopping)
    to.deliver(failure{errc::closed, fate::not_sent, "the client is closed"});
  else if (phase_.now() == phase::failed || phase_.now() == phase::degraded
           || phase_.now() == phase::auth_required)
    to.deliver(
      failure{status_.last_error, fate::not_sent, status_.last_error_text});
  else
    wait_until_ready(std::move(to), x.timeout);
  use();
  arm();
  return later;
}

reply<client_status>::promise client::on_reload(const reload& x) {
  auto later = promise<client_status>();
  reply<client_status> to{later};
  if (closing() || phase_.now() == phase::stopping) {
    to.deliver(failure{errc::closed, fate::not_sent, "the client is closed"});
    return later;
  }
  if (auto why = unusable(spec_.name, x)) {
    to.deliver(std::move(*why));
    return later;
  }
  auto changed = !x.spec.empty() && x.spec.front() != spec_;
  if (changed) {
    spec_ = x.spec.front();
    ++spec_version_;
    waiting_.resize(spec_.limits.waiting_calls_max);
    known_ = known_dialect::unknown;
    mute_retry_ = false;
    old_session_ = session_.has_value();
    status_.transport = spec_.transport;
  }
  // Its first use will start it, with the new spec.
  if (!x.spec.empty() && spec_.lazy && phase_.now() == phase::idle) {
    to.deliver(get());
    return later;
  }
  wait_until_ready(std::move(to), x.timeout);
  switch (phase_.now()) {
    case phase::ready:
      move(phase_event::reload, errc::reloaded, "reload");
      drain();
      break;
    case phase::connecting:
    case phase::handshaking:
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
        begin(std::exchange(first_start_, start_reason::commanded));
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
  auto first = !closing() && phase_.now() != phase::stopping;
  close_waiters_.emplace_back(later);
  if (!first) {
    hurry(x.drain);
    return later;
  }
  failure why{errc::closed, fate::not_sent, "the client was closed"};
  refuse_all(why);
  if (phase_.now() == phase::ready && x.drain.count() > 0 && !calls_.empty()) {
    spec_.timeouts.drain = x.drain;
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
    begin(std::exchange(first_start_, start_reason::commanded));
  } else if (phase_.now() == phase::degraded) {
    begin(start_reason::call);
  }
}

// -- starting -----------------------------------------------------------------

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
  if (handler_.who)
    options.capabilities = handler_.can;
  session_.emplace(options);
  mute_retry_ = mute_retry_ || options.known == known_dialect::legacy_mute;
  hidden_ = {};
  resolve(spec_, variable_of_host, hidden_);
  handshake_by_ = time_now() + ready_timeout(spec_);
  tell(this, transport_, open_transport{});
  arm();
}

void client::on_up(const transport_up& x) {
  if (x.incarnation != incarnation_ || phase_.now() != phase::connecting
      || !session_)
    return;
  outbox_ = x.link.out;
  window_ = x.link.window;
  status_.pid = x.link.pid;
  status_.weaker_guarantee = x.link.weaker_guarantee;
  move(phase_event::transport_up);
  session_->start(time_now(), events_);
  settle();
}

void client::on_verdict(const start_verdict& x) {
  if (closing() || phase_.now() == phase::stopping)
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
  fail_ready(x.why);
  if (x.next == phase::backoff)
    return;
  refuse_waiting(x.why);
  end_lists(x.why);
}

// -- ending -------------------------------------------------------------------

void client::on_fault(const transport_fault& x) {
  if (x.incarnation != incarnation_)
    return;
  lose(x.why, x.text);
}

void client::on_ended(const transport_ended& x) {
  if (x.report.incarnation != incarnation_ || !transport_)
    return;
  lose(x.report.why, x.report.text, x.unsent);
  status_.last_stop = x.report;
  status_.pid = 0;
  transport_ = nullptr;
  switch (phase_.now()) {
    case phase::stopping: finish(); break;
    case phase::connecting: begin(start_reason::commanded); break;
    case phase::backoff:
      // The specification says to try again without a probe.
      if (known_ == known_dialect::legacy_mute
          && may_be_the_probes_doing(x.report.why)
          && !std::exchange(mute_retry_, true)) {
        move(phase_event::retry);
        begin(start_reason::retry_mute);
      }
      break;
    default: break;
  }
}

/// The connection is of no use any more: all that is open gets its answer now,
/// whenever the transport may be gone.
void client::lose(errc why, const std::string& text,
                  const std::vector<uint64_t>& unsent) {
  if (!session_)
    return;
  auto never_written = unsent;
  if (outbox_)
    for (auto ticket : outbox_->close())
      never_written.push_back(ticket);
  if (phase_.now() != phase::ready && phase_.now() != phase::draining)
    tell(this, supervisor_, incarnation_failed{spec_.name, incarnation_});
  session_->close();
  if (std::exchange(old_session_, false))
    known_ = known_dialect::unknown;
  else if (wire_of(spec_) == wire_kind::lines)
    known_ = session_->learnt();
  else if (phase_.now() == phase::handshaking)
    doubt(why);
  auto counts = session_->counts();
  status_.late_answers += counts.late_answers;
  status_.noise_lines += counts.noise_lines;
  session_.reset();
  outbox_.reset();
  window_.reset();
  untaken_ = 0;
  events_.clear();
  handshake_by_.reset();
  drain_by_.reset();
  status_.last_error = why;
  status_.last_error_text = text;
  if (phase_.now() == phase::draining && closing())
    stop_for_good();
  else
    move(why == errc::auth_required ? phase_event::unauthorized
                                    : phase_event::transport_down,
         why, text);
  if (why == errc::session_expired)
    repeat_all(never_written);
  end_all(why, text, never_written);
  if (phase_.now() == phase::auth_required)
    refuse_all({why, fate::not_sent, text});
}

/// Nothing will come of waiting.
void client::refuse_all(const failure& why) {
  fail_ready(why);
  refuse_waiting(why);
  end_lists(why);
}

/// What was believed and has proved true is not told again: by that it would
/// never be asked for again.
void client::learn(known_dialect what) {
  if (wire_of(spec_) != wire_kind::lines && what != known_)
    tell(this, supervisor_, era_learnt{spec_.name, incarnation_, what});
  known_ = what;
}

/// A handshake has failed that began with what is known of the origin: unless
/// nobody was there, or we were not let in, that may be wrong.
void client::doubt(errc why) {
  auto no_word = why == errc::connection_lost || why == errc::timed_out
                 || why == errc::auth_required || why == errc::reloaded
                 || why == errc::closed;
  if (!no_word)
    learn(known_dialect::unknown);
}

/// The fault is the session's: the transport must be told.
void client::fail_connection(errc why, const std::string& text) {
  lose(why, text);
  stop_transport_now(why, text);
}

void client::stop_transport_now(errc why, const std::string& text) {
  if (transport_)
    tell(this, transport_, stop_transport{why, text});
}

void client::drain() {
  if (calls_.empty())
    after_drain();
  else
    drain_by_ = time_now() + spec_.timeouts.drain;
}

void client::after_drain() {
  drain_by_.reset();
  if (closing())
    stop_for_good();
  else
    fail_connection(errc::reloaded, "reload");
}

void client::stop_for_good() {
  move(phase_event::close, errc::closed, "close");
  close_by_ = time_now() + 2 * stop_grace_ + defaults::unkillable_after
              + defaults::kill_retry;
  lose(errc::closed, "the client was closed");
  if (transport_)
    stop_transport_now(errc::closed, "close");
  else
    tell(this, supervisor_, start_unwanted{spec_.name});
}

void client::on_cancelled(const start_cancelled& x) {
  // What our own transports told is no worse.
  if (!x.last.empty()
      && x.last.front().incarnation > status_.last_stop.incarnation)
    status_.last_stop = x.last.front();
  finish();
}

/// Nothing is left, and nothing will come.
void client::finish() {
  if (phase_.now() != phase::stopping || transport_)
    return;
  move(phase_event::gone);
  for (auto& waiter : std::exchange(close_waiters_, {}))
    waiter.deliver(status_.last_stop);
  tell(this, supervisor_, remove_child{spec_.name});
  quit();
}

} // namespace troupe
