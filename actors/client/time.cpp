#include "troupe/actors/client/client.hpp"

#include "troupe/actors/session/earlier.hpp"
#include "troupe/actors/type_ids.hpp"

/// One timer for all deadlines of a client, and what it reports of itself.
namespace troupe {

// -- time ---------------------------------------------------------------------

/// CAF's timers cannot be taken back: one that was too early is ignored.
void client::arm() {
  auto next = next_deadline();
  if (!next || *next >= timer_at_)
    return;
  auto now = time_now();
  timer_at_ = std::max(*next, now);
  tell_after(this, client_handle{me()}, timer_at_ - now,
             client_tick{++timer_epoch_});
}

std::optional<client::time_point> client::next_deadline() const {
  auto queued = life_.queued();
  auto next = earlier(life_.next_deadline(), book_.next_deadline());
  next = earlier(next, catalog_.next_deadline(queued));
  next = earlier(next, ready_waiters_.next_deadline(queued));
  return connection_ ? earlier(next, connection_->next_deadline()) : next;
}

void client::on_tick(uint64_t epoch) {
  if (epoch != timer_epoch_)
    return;
  timer_at_ = time_point::max();
  auto now = time_now();
  if (connection_) {
    connection_->on_time(now);
    on_arrival();
  }
  expire(now);
  auto again = catalog_.take_due(now);
  if (life_.is(phase::ready))
    read_again(again);
  if (life_.is_due(life::deadline::handshake, now))
    fail_connection(errc::handshake_timed_out,
                    spec_->name + " did not answer the handshake in time");
  if (life_.is_due(life::deadline::drain, now))
    after_drain();
  tell_all(life_.on_time(now));
  if (life_.is_due(life::deadline::proof, now)) {
    life_.clear(life::deadline::proof);
    remark(diagnostic::kind::unkillable,
           spec_->name + " gives no proof that it is gone");
  }
  settle();
}

/// Ends requests and waiters whose deadline has passed.
void client::expire(time_point now) {
  auto why = life_.blocked_by().empty() ? "" : ": " + life_.blocked_by();
  auto state = std::string{to_string(life_.state())};
  auto late = book_.expire(now);
  for (auto& x : late.waiting)
    deliver(request_book::refuse(
      std::move(x),
      {errc::overdue, fate::not_sent,
       spec_->name + " was " + state + " until the call's deadline" + why}));
  deliver(std::move(late.refused));
  auto still =
    advised({life_.queued() ? life_.queued_for()->code : errc::timed_out,
             fate::not_sent, spec_->name + " is still " + state + why});
  deliver(ready_waiters_.expire(now, life_.queued()), still);
  for (auto& x : catalog_.expire(now, life_.queued()))
    x.deliver(still);
}

// -- what is reported ---------------------------------------------------------

void client::move(phase_event on, errc why, std::string text) {
  tell_all(life_.move(on, time_now(), why, std::move(text)));
  arm();
}

void client::tell_all(life::events events) {
  for (auto& x : events)
    tell(this, monitor_, std::move(x));
}

void client::remark(diagnostic::kind what, std::string text) {
  auto incarnation = life_.facts().incarnation;
  if (what == diagnostic::kind::unkillable && life_.is(phase::stopping)) {
    auto report = life_.facts().last_stop;
    report.incarnation = incarnation;
    report.why = errc::closed;
    report.text = text;
    report.left = proof::unkillable;
    for (auto& waiter : std::exchange(close_waiters_, {}))
      waiter.deliver(report);
  }
  tell(this, monitor_,
       diagnostic{spec_->name, incarnation, what, std::move(text)});
}

client_status client::current_status() const {
  auto x = life_.status(time_now());
  x.in_flight = book_.in_flight();
  x.waiting = book_.waiting();
  if (!connection_)
    return x;
  x.outbox_frames = connection_->outbox_depth();
  if (connection_->throttled())
    x.throttled = throttled_text();
  x.late_answers += connection_->protocol().counts().late_answers;
  x.noise_lines += connection_->protocol().counts().noise_lines;
  return x;
}

} // namespace troupe
