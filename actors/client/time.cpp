#include "troupe/actors/client/client.hpp"

#include "troupe/actors/client/take_out.hpp"
#include "troupe/actors/type_ids.hpp"

#include <algorithm>

namespace troupe {

namespace {

using time_point = session::time_point;

void sooner(std::optional<time_point>& x, std::optional<time_point> y) {
  if (y && (!x || *y < *x))
    x = y;
}

} // namespace

/// One timer serves all deadlines. CAF's timers cannot be taken back: an early
/// one is simply not in force any more.
void client::arm() {
  auto next = next_deadline();
  if (!next || *next >= timer_at_)
    return;
  auto now = time_now();
  timer_at_ = std::max(*next, now);
  tell_after(this, me(), timer_at_ - now, client_tick{++timer_epoch_});
}

std::optional<client::time_point> client::next_deadline() const {
  std::optional<time_point> next;
  if (session_)
    sooner(next, session_->next_deadline());
  sooner(next, pace_.deadline());
  sooner(next, waiting_.next_deadline());
  sooner(next, handshake_by_);
  sooner(next, drain_by_);
  sooner(next, close_by_);
  if (held_)
    sooner(next, held_until_);
  for (auto& x : ready_waiters_)
    sooner(next, due_at(x));
  for (auto& [ticket, x] : misfits_)
    sooner(next, x.by);
  each_part([&](auto& part) {
    sooner(next, part.refresh_at);
    for (auto& x : part.waiters)
      sooner(next, due_at(x));
  });
  return next;
}

template <class T>
void client::expire(std::vector<waiter<T>>& waiters, time_point now) {
  auto ended = take_out(waiters, [&](auto& x) { return due_at(x) <= now; });
  auto text = spec_.name + " is still " + std::string{to_string(phase_.now())};
  if (queued_)
    text += ": " + queued_->text;
  else if (phase_.now() == phase::backoff && !status_.last_error_text.empty())
    text += ": " + status_.last_error_text;
  for (auto& x : ended)
    x.to.deliver(advised(
      {queued_ ? queued_->code : errc::timed_out, fate::not_sent, text}));
}

void client::on_tick(uint64_t epoch) {
  if (epoch != timer_epoch_)
    return;
  timer_at_ = time_point::max();
  auto now = time_now();
  auto due = [now](auto& x) { return x && *x <= now; };
  pace_.on_time(now);
  keep_pace();
  if (session_) {
    session_->on_time(now, events_);
    settle();
  }
  expire_waiting(now);
  expire_misfits(now);
  expire(ready_waiters_, now);
  each_part([&](auto& part) { expire(part.waiters, now); });
  refresh_due(now);
  if (due(handshake_by_))
    fail_connection(errc::handshake_timed_out,
                    spec_.name + " did not answer the handshake in time");
  if (due(drain_by_))
    after_drain();
  if (held_ && held_until_ <= now)
    tell_held();
  if (due(close_by_)) {
    close_by_.reset();
    remark(diagnostic::kind::unkillable,
           spec_.name + " gives no proof that it is gone");
  }
  arm();
}

client_status client::get() const {
  auto x = status_;
  x.now = phase_.now();
  if (queued_) {
    x.last_error = queued_->code;
    x.last_error_text = queued_->text;
  }
  x.incarnation = incarnation_;
  x.restarts = restarts_;
  x.in_flight = calls_.size();
  x.waiting = waiting_.size();
  x.outbox_frames = outbox_ ? outbox_->depth() : 0;
  auto now = time_now();
  using std::chrono::duration_cast;
  if (x.now == phase::ready || x.now == phase::draining)
    x.uptime = duration_cast<milliseconds>(now - ready_since_);
  if (retry_at_ && *retry_at_ > now)
    x.next_retry = duration_cast<milliseconds>(*retry_at_ - now);
  if (pace_.throttled())
    x.throttled = throttled_text();
  if (session_) {
    x.late_answers += session_->counts().late_answers;
    x.noise_lines += session_->counts().noise_lines;
  }
  return x;
}

} // namespace troupe
