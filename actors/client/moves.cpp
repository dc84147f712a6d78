#include "troupe/actors/client/client.hpp"

#include "troupe/actors/type_ids.hpp"

namespace troupe {

/// A loss is told together with what is decided on it, where that is known
/// soon: two events for one failure help nobody.
void client::move(phase_event on, errc why, std::string text) {
  auto from = phase_.now();
  if (!phase_.on(on) && on != phase_event::postponed)
    return;
  if (phase_.now() == phase::backoff && on == phase_event::transport_down) {
    tell_held();
    held_ = event_of(from, why, std::move(text));
    held_until_ = time_now() + defaults::verdict_wait;
    return arm();
  }
  auto about_held = on == phase_event::postponed && why != errc::overloaded;
  if (auto held = about_held ? std::exchange(held_, {}) : std::nullopt) {
    auto event = event_of(held->from, why, std::move(text));
    event.pid = held->pid;
    tell(this, monitor_, std::move(event));
    return;
  }
  publish(from, why, std::move(text));
}

void client::publish(phase from, errc why, std::string text) {
  tell_held();
  tell(this, monitor_, event_of(from, why, std::move(text)));
}

/// What is decided comes too late, or something else comes before.
void client::tell_held() {
  if (auto event = std::exchange(held_, {}))
    tell(this, monitor_, std::move(*event));
}

client_event client::event_of(phase from, errc why, std::string text) const {
  client_event event;
  event.server = spec_.name;
  event.incarnation = incarnation_;
  event.from = from;
  event.to = phase_.now();
  event.why = why;
  event.text = std::move(text);
  event.pid = status_.pid;
  if (retry_at_)
    event.next_retry =
      std::chrono::duration_cast<milliseconds>(*retry_at_ - time_now());
  if (!phases::connected(event.to) || event.to == phase::stopped)
    event.stopped = status_.last_stop;
  return event;
}

} // namespace troupe
