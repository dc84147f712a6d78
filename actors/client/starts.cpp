#include "troupe/actors/client/client.hpp"

#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/actors/type_ids.hpp"
#include "troupe/messages/config/variables.hpp"

/// How a client gets a transport from its supervisor, and connects.
namespace troupe {

void client::begin(start_reason why) {
  tell(this, supervisor_,
       start_requested{spec_->name, why, spec_, plan_.spec_version,
                       life_.facts().incarnation});
}

// -- the supervisor's answers -------------------------------------------------

/// The start is queued behind others, which is no fault of the server: default
/// deadlines are paused.
void client::on_queued(const start_queued& x) {
  if (life_.closing() || transport_ || !life_.queue(x.why, time_now()))
    return;
  book_.on_queued();
  tell_all(life_.report(time_now(), x.why.code, x.why.text));
  arm();
}

/// Default deadlines of those who wait run again from here.
void client::leave_queue() {
  auto since = life_.leave_queue();
  if (!since)
    return;
  auto now = time_now();
  ready_waiters_.put_off(*since, now);
  catalog_.put_off(*since, now);
  book_.put_off(*since, now);
  arm();
}

void client::on_granted(const start_granted& x) {
  transport_ = x.transport;
  life_.facts().incarnation = x.incarnation;
  life_.facts().restarts = x.restarts;
  life_.retry_in(milliseconds{0}, time_now());
  plan_.stop_grace = spec_->timeouts.stop_grace;
  plan_.fresh_credentials = false; // its transport asks the source again
  leave_queue();
  if (life_.is(phase::backoff) || life_.is(phase::degraded))
    move(phase_event::retry);
  if (!life_.is(phase::connecting))
    return stop_transport_now(errc::closed,
                              "the client no longer needs this transport");
  if (x.spec_version != plan_.spec_version) // we have asked for another one
    return stop_transport_now(errc::reloaded, "the specification changed");
  if (wire_of(spec_) != wire_kind::lines)
    plan_.dialect = x.known; // another client may have probed that origin
  connect();
}

void client::connect() {
  session_options options;
  options.client = plan_.client;
  options.wire = wire_of(spec_);
  options.seed = static_cast<uint32_t>(id());
  options.dialect = spec_->dialect;
  options.known = plan_.dialect;
  options.timeouts = spec_->timeouts;
  options.limits = spec_->limits;
  options.capabilities = handler_.declare();
  plan_.probe_left_out =
    plan_.probe_left_out || options.known == known_dialect::legacy_mute;
  connection_.emplace(options);
  // Frames may come before `transport_up`, which brings the transport's own
  // redactor.
  hidden_values values;
  resolve(spec_, variable_of_host, values);
  words_.begin(make_redactor(values));
  life_.set(life::deadline::handshake, time_now() + ready_timeout(spec_));
  tell(this, transport_, open_transport{});
  arm();
}

void client::on_up(const transport_up& x) {
  if (x.incarnation != life_.facts().incarnation || !life_.is(phase::connecting)
      || !connection_)
    return;
  if (x.link.hidden)
    words_.begin(x.link.hidden);
  connection_->up(x.link.out, x.link.window);
  life_.facts().pid = x.link.pid;
  life_.facts().weaker_guarantee = x.link.weaker_guarantee;
  move(phase_event::transport_up);
  connection_->protocol().start(time_now(), connection_->said());
  settle();
}

void client::on_verdict(const start_verdict& x) {
  if (life_.closing())
    return;
  // It crossed our new request to start: its verdict is outdated.
  if (life_.is(phase::connecting) && x.incarnation > 0
      && x.incarnation == life_.facts().incarnation)
    return;
  leave_queue();
  life_.fail(x.why.code, x.why.text);
  life_.retry_in(x.delay, time_now());
  auto event = x.next == phase::failed     ? phase_event::give_up
               : x.next == phase::degraded ? phase_event::park
                                           : phase_event::postponed;
  move(event, x.why.code, x.why.text);
  // A queued start is no failure of the server: go on waiting.
  if (x.why.code == errc::overloaded)
    return;
  if (x.next != phase::backoff)
    return refuse_all(x.why);
  if (x.incarnation == life_.facts().incarnation)
    deliver(ready_waiters_.take_those_before(x.incarnation), advised(x.why));
}

/// The source has other credentials than those that were refused. It may have
/// said so before the refusal came here.
void client::on_credentials() {
  if (!life_.is(phase::auth_required) || life_.closing()
      || !std::exchange(plan_.fresh_credentials, false))
    return;
  move(phase_event::start, errc::none, "new credentials are available");
  if (!transport_)
    begin(start_reason::authorized);
  else // its end begins the next start (on_ended)
    plan_.reason = start_reason::authorized;
}

} // namespace troupe
