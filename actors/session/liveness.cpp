#include "troupe/actors/session/liveness.hpp"

namespace troupe {

liveness::liveness(const server_timeouts& timeouts)
  : after_idle_(timeouts.ping_after_idle), timeout_(timeouts.ping) {
  // nop
}

void liveness::start(time_point now) {
  watching_ = after_idle_.count() > 0;
  heard_ = now;
}

void liveness::alive(time_point now) {
  heard_ = now;
  asked_ = 0;
  suspected_ = false;
}

void liveness::suspect(time_point sent) {
  suspected_ = suspected_ || heard_ <= sent;
}

std::optional<liveness::time_point> liveness::deadline(bool busy) const {
  if (!watching_)
    return std::nullopt;
  if (asked_ > 0)
    return answer_due_;
  if (busy && !suspected_)
    return std::nullopt;
  return heard_ + after_idle_;
}

liveness::action liveness::on_time(time_point now, bool busy) {
  auto due = deadline(busy);
  if (!due || now < *due)
    return action::none;
  if (asked_ > defaults::ping_misses_max)
    return action::give_up;
  ++asked_;
  answer_due_ = now + timeout_;
  return asked_ > defaults::ping_misses_max ? action::confirm : action::ping;
}

} // namespace troupe
