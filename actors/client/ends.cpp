#include "troupe/actors/client/client.hpp"

#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/actors/type_ids.hpp"

/// How a connection ends, and the client itself.
namespace troupe {

// -- the connection -----------------------------------------------------------

void client::on_ended(const transport_ended& x) {
  auto& known = life_.facts();
  if (x.report.incarnation != known.incarnation || !transport_)
    return;
  on_connection_lost(x.report.why, x.report.text, x.unsent);
  known.last_stop = x.report;
  known.pid = 0;
  transport_ = nullptr;
  if (life_.is(phase::stopping)) {
    finish();
  } else if (life_.is(phase::connecting)) {
    begin(plan_.take_reason());
  } else if (life_.is(phase::backoff) && plan_.leave_probe_out(x.report.why)) {
    move(phase_event::retry);
    begin(start_reason::retry_mute);
  }
}

/// The connection is unusable: all open requests are answered now, however long
/// the transport takes to end.
void client::on_connection_lost(errc why, const std::string& text,
                                const std::vector<uint64_t>& unsent) {
  if (!connection_)
    return;
  auto never_written = connection_->close();
  never_written.insert(never_written.end(), unsent.begin(), unsent.end());
  if (!life_.is(phase::ready) && !life_.is(phase::draining))
    tell(this, supervisor_,
         incarnation_failed{spec_->name, life_.facts().incarnation});
  remember_dialect(why);
  auto counts = connection_->protocol().counts();
  life_.facts().late_answers += counts.late_answers;
  life_.facts().noise_lines += counts.noise_lines;
  connection_.reset();
  life_.clear(life::deadline::handshake);
  life_.clear(life::deadline::drain);
  life_.fail(why, text);
  if (life_.is(phase::draining) && life_.closing())
    stop_for_good();
  else
    move(why == errc::auth_required ? phase_event::unauthorized
                                    : phase_event::transport_down,
         why, text);
  end_requests({why, fate::not_sent, text}, never_written);
  on_credentials();
  if (life_.is(phase::auth_required))
    refuse_all({why, fate::not_sent, text});
}

/// Ends the requests in flight. Where the server has forgotten the session, the
/// book may keep some for the next one.
void client::end_requests(const failure& why,
                          const std::vector<uint64_t>& unsent) {
  request_book::harmless_fn harmless;
  if (why.code == errc::session_expired && !life_.closing())
    harmless = harmless_by_list();
  deliver(book_.on_connection_lost(why, unsent, harmless, time_now(),
                                   life_.queued()));
  catalog_.on_connection_lost();
  withdraw_inputs();
}

/// Only what the server's own list calls harmless may be repeated.
request_book::harmless_fn client::harmless_by_list() const {
  return [this](const asked_call& x) {
    return row_of(x.method).only_reads || catalog_.is_harmless(x.name);
  };
}

/// Keeps what the next connection should know of the server's dialect.
void client::remember_dialect(errc why) {
  if (connection_->stands_on() != connection::basis::current) {
    plan_.dialect = known_dialect::unknown;
  } else if (wire_of(spec_) == wire_kind::lines) {
    plan_.dialect = connection_->protocol().learnt();
  } else if (life_.is(phase::handshaking)) {
    // It began with the dialect cached for the origin, which may be wrong,
    // unless nothing answered or credentials were refused.
    auto no_answer = why == errc::connection_lost || why == errc::timed_out
                     || why == errc::auth_required || why == errc::reloaded
                     || why == errc::closed;
    if (!no_answer)
      learn(known_dialect::unknown);
  }
}

/// Report changes only: reporting again would refresh the cache of that origin,
/// and its dialect would never be asked for again.
void client::learn(known_dialect what) {
  if (wire_of(spec_) != wire_kind::lines && what != plan_.dialect)
    tell(this, supervisor_,
         dialect_learnt{spec_->name, life_.facts().incarnation, what});
  plan_.dialect = what;
}

/// For faults of the session, of which the transport does not know.
void client::fail_connection(errc why, const std::string& text) {
  on_connection_lost(why, text);
  stop_transport_now(why, text);
}

void client::stop_transport_now(errc why, const std::string& text) {
  if (transport_)
    tell(this, transport_, stop_transport{why, text});
}

/// Refuses all that wait: waiting would not help them.
void client::refuse_all(const failure& why) {
  deliver(ready_waiters_.take_all(), advised(why));
  deliver(book_.end_waiting(why));
  deliver(catalog_.end_all(why));
}

// -- the client ---------------------------------------------------------------

void client::drain(milliseconds most) {
  if (book_.in_flight() == 0)
    after_drain();
  else
    life_.set(life::deadline::drain, time_now() + most);
}

void client::after_drain() {
  life_.clear(life::deadline::drain);
  if (life_.closing())
    stop_for_good();
  else
    fail_connection(errc::reloaded, "reload");
}

void client::stop_for_good() {
  move(phase_event::close, errc::closed, "close");
  life_.set(life::deadline::proof, time_now() + 2 * plan_.stop_grace
                                     + defaults::unkillable_after
                                     + defaults::kill_retry);
  on_connection_lost(errc::closed, "the client was closed");
  if (transport_)
    stop_transport_now(errc::closed, "close");
  else
    tell(this, supervisor_, start_withdrawn{spec_->name});
}

void client::on_cancelled(const start_cancelled& x) {
  // A report of one of our own transports is as good, and is kept.
  auto& known = life_.facts();
  if (!x.last.empty()
      && x.last.front().incarnation > known.last_stop.incarnation)
    known.last_stop = x.last.front();
  finish();
}

/// Ends the client, once its transport is gone and no other will come.
void client::finish() {
  if (!life_.is(phase::stopping) || transport_)
    return;
  move(phase_event::gone);
  for (auto& waiter : std::exchange(close_waiters_, {}))
    waiter.deliver(life_.facts().last_stop);
  tell(this, supervisor_, remove_child{spec_->name});
  end_with(life_.closed());
  quit();
}

} // namespace troupe
