#include "troupe/actors/client/client.hpp"

#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/actors/type_ids.hpp"

namespace troupe {

namespace {

/// Whether a server that had not answered its probe may work without one: it
/// ended, or it took the probe for its choice of the era.
bool may_be_the_probes_doing(errc why) {
  return why == errc::child_exited || why == errc::connection_lost
         || why == errc::handshake_failed || why == errc::no_common_version;
}

} // namespace

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
    case phase::connecting:
      begin(std::exchange(next_start_, start_reason::commanded));
      break;
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
  other_server_ = false;
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
  end_pace();
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
  on_credentials();
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
