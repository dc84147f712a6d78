#include "troupe/actors/supervision/spawn_gate.hpp"

#include <algorithm>

namespace troupe {

using std::chrono::milliseconds;

spawn_gate::spawn_gate(spawn_limits limits) : limits_(limits) {
  // nop
}

spawn_gate::asked spawn_gate::ask(const std::string& name, bool commanded,
                                  time_point now) {
  if (waits(name) || starting_.count(name) > 0)
    return {};
  if (commanded) {
    auto how = a_minute(limits_.commanded_per_minute);
    if (auto at = take(bucket_of(commanded_, name, how, now), how, now))
      return {outcome::too_early, *at};
  } else {
    rate how{static_cast<double>(std::max(limits_.burst, 1u)), limits_.refill};
    auto every = a_minute(limits_.per_minute);
    if (!all_filled_) {
      all_ = {every.most, now};
      all_filled_ = true;
    }
    auto& own = bucket_of(automatic_, name, how, now);
    if (auto at = take(own, how, now))
      return {outcome::too_early, *at};
    if (auto at = take(all_, every, now)) {
      own.tokens += 1; // not used after all
      return {outcome::too_early, *at};
    }
  }
  queue_.push_back(name);
  return {};
}

bool spawn_gate::waits(const std::string& name) const {
  return std::find(queue_.begin(), queue_.end(), name) != queue_.end();
}

spawn_gate::obstacle spawn_gate::blocked_by() const {
  if (live_.size() >= limits_.live_max)
    return obstacle::crowded;
  return starting_.size() >= limits_.concurrent ? obstacle::busy
                                                : obstacle::none;
}

std::optional<std::string> spawn_gate::next() {
  if (queue_.empty() || blocked_by() != obstacle::none)
    return std::nullopt;
  auto name = std::move(queue_.front());
  queue_.pop_front();
  starting_.insert(name);
  live_.insert(name);
  return name;
}

void spawn_gate::on_settled(const std::string& name) {
  starting_.erase(name);
}

void spawn_gate::on_gone(const std::string& name) {
  starting_.erase(name);
  live_.erase(name);
  std::erase(queue_, name);
}

// No limit may be 0: nothing would ever start.
spawn_gate::rate spawn_gate::a_minute(uint32_t most) {
  auto tokens = static_cast<double>(std::max(most, 1u));
  return {tokens, seconds{60 / tokens}};
}

double spawn_gate::tokens_of(const bucket& x, const rate& how, time_point now) {
  if (how.refill.count() <= 0)
    return how.most;
  return std::min(how.most, x.tokens + seconds{now - x.filled} / how.refill);
}

std::optional<spawn_gate::time_point>
spawn_gate::take(bucket& x, const rate& how, time_point now) {
  x.tokens = tokens_of(x, how, now);
  x.filled = now;
  // Sums of fractions may be slightly less than a whole.
  if (x.tokens >= 1.0 - 1e-9) {
    x.tokens = std::max(0.0, x.tokens - 1);
    return std::nullopt;
  }
  return now + std::chrono::ceil<milliseconds>((1.0 - x.tokens) * how.refill);
}

// Drops full buckets, which equal new ones, so that names that come and go do
// not pile up.
spawn_gate::bucket& spawn_gate::bucket_of(buckets& in, const std::string& name,
                                          const rate& how, time_point now) {
  if (in.size() >= 2 * size_t{limits_.live_max} && in.count(name) == 0)
    std::erase_if(
      in, [&](auto& x) { return tokens_of(x.second, how, now) >= how.most; });
  return in.try_emplace(name, bucket{how.most, now}).first->second;
}

} // namespace troupe
