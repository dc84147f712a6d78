#include "troupe/actors/client/life.hpp"

#include "troupe/actors/client/retry_advice.hpp"
#include "troupe/actors/registry_words.hpp"
#include "troupe/actors/session/earlier.hpp"
#include "troupe/messages/defaults.hpp"

namespace troupe {

namespace {

milliseconds until(std::optional<life::time_point> x, life::time_point now) {
  return x && *x > now ? std::chrono::ceil<milliseconds>(*x - now)
                       : milliseconds{0};
}

} // namespace

life::life(const server_spec& spec) {
  status_.name = spec.name;
  status_.transport = spec.transport;
}

// -- the phase ----------------------------------------------------------------

life::events life::move(phase_event on, time_point now, errc why,
                        std::string text) {
  auto from = state();
  if (!phase_.on(on) && on != phase_event::postponed)
    return {};
  if (on == phase_event::answered)
    ready_since_ = now;
  if (is(phase::backoff) && on == phase_event::transport_down) {
    auto told = release();
    kept_ = std::make_unique<kept_event>();
    kept_->what = event_of(from, now, why, std::move(text));
    kept_->until = now + defaults::verdict_wait;
    return told;
  }
  auto verdict = on == phase_event::postponed && why != errc::overloaded;
  if (auto kept = verdict ? std::move(kept_) : nullptr) {
    auto event = event_of(kept->what.from, now, why, std::move(text));
    event.pid = kept->what.pid;
    return {std::move(event)};
  }
  auto told = release();
  told.push_back(event_of(from, now, why, std::move(text)));
  return told;
}

life::events life::report(time_point now, errc why, std::string text) {
  auto told = release();
  told.push_back(event_of(state(), now, why, std::move(text)));
  return told;
}

life::events life::release() {
  events told;
  if (auto kept = std::move(kept_))
    told.push_back(std::move(kept->what));
  return told;
}

client_event life::event_of(phase from, time_point now, errc why,
                            std::string text) const {
  client_event event;
  event.server = status_.name;
  event.incarnation = status_.incarnation;
  event.from = from;
  event.to = state();
  event.why = why;
  event.text = std::move(text);
  event.pid = status_.pid;
  if (retry_at_)
    event.next_retry =
      std::chrono::duration_cast<milliseconds>(*retry_at_ - now);
  if (!phases::connected(event.to) || event.to == phase::stopped)
    event.stopped = status_.last_stop;
  return event;
}

// -- why a request is refused -------------------------------------------------

std::optional<failure> life::refusal() const {
  if (closing_)
    return closed();
  if (is(phase::failed))
    return failure{errc::failed, fate::not_sent, status_.last_error_text};
  if (is(phase::auth_required))
    return failure{errc::auth_required, fate::not_sent,
                   status_.last_error_text};
  return std::nullopt;
}

failure life::closed() const {
  return runtime_stops_ ? registry_words::stopped()
                        : registry_words::closed(status_.name);
}

std::string life::blocked_by() const {
  if (queued_)
    return queued_->text;
  return is(phase::backoff) ? status_.last_error_text : "";
}

failure life::advised(failure why, time_point now) const {
  return with_retry_advice(std::move(why), state(), until(retry_at_, now));
}

// -- the supervisor's gate ----------------------------------------------------

bool life::queue(const failure& why, time_point now) {
  if (queued_ && queued_->text == why.text)
    return false;
  if (!queued_)
    queued_since_ = now;
  queued_ = why;
  retry_at_.reset();
  return true;
}

std::optional<life::time_point> life::leave_queue() {
  if (!std::exchange(queued_, {}))
    return std::nullopt;
  return queued_since_;
}

void life::retry_in(milliseconds delay, time_point now) {
  retry_at_.reset();
  if (delay.count() > 0)
    retry_at_ = now + delay;
}

// -- deadlines ----------------------------------------------------------------

void life::set(deadline what, time_point at) {
  deadlines_[static_cast<size_t>(what)] = at;
}

void life::clear(deadline what) {
  deadlines_[static_cast<size_t>(what)].reset();
}

std::optional<life::time_point> life::get(deadline what) const {
  return deadlines_[static_cast<size_t>(what)];
}

bool life::is_due(deadline what, time_point now) const {
  auto at = get(what);
  return at && *at <= now;
}

std::optional<life::time_point> life::next_deadline() const {
  std::optional<time_point> next;
  for (auto& x : deadlines_)
    next = earlier(next, x);
  return kept_ ? earlier(next, std::optional{kept_->until}) : next;
}

life::events life::on_time(time_point now) {
  return kept_ && kept_->until <= now ? release() : events{};
}

// -- what a status shows ------------------------------------------------------

void life::fail(errc why, std::string text) {
  status_.last_error = why;
  status_.last_error_text = std::move(text);
}

client_status life::status(time_point now) const {
  auto x = status_;
  x.state = state();
  if (queued_) {
    x.last_error = queued_->code;
    x.last_error_text = queued_->text;
  }
  if (is(phase::ready) || is(phase::draining))
    x.uptime = std::chrono::duration_cast<milliseconds>(now - ready_since_);
  x.next_retry = until(retry_at_, now);
  return x;
}

} // namespace troupe
