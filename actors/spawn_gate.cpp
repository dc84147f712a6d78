#include "actors/spawn_gate.hpp"

#include <algorithm>
#include <cmath>

namespace troupe {

using std::chrono::milliseconds;

spawn_gate::spawn_gate(spawn_limits limits) : limits_(limits) {
  // nop
}

spawn_gate::asked spawn_gate::ask(const std::string& name, bool commanded,
                                  time_point now) {
  auto waits = std::find(queue_.begin(), queue_.end(), name) != queue_.end();
  if (waits || starting_.count(name) > 0)
    return {};
  if (commanded) {
    double most = limits_.commanded_per_minute;
    auto refill = milliseconds{60'000 / limits_.commanded_per_minute};
    auto& own = bucket_of(commanded_, name, most, now);
    if (auto at = take(own, most, refill, now))
      return {outcome::too_early, *at};
  } else {
    if (!all_filled_) {
      all_ = {static_cast<double>(limits_.per_minute), now};
      all_filled_ = true;
    }
    auto& own = bucket_of(automatic_, name, limits_.burst, now);
    if (auto at = take(own, limits_.burst, limits_.refill, now))
      return {outcome::too_early, *at};
    auto refill = milliseconds{60'000 / limits_.per_minute};
    if (auto at = take(all_, limits_.per_minute, refill, now)) {
      own.tokens += 1; // not used after all
      return {outcome::too_early, *at};
    }
  }
  queue_.push_back(name);
  return {};
}

std::optional<std::string> spawn_gate::next() {
  if (queue_.empty() || starting_.size() >= limits_.concurrent
      || live_.size() >= limits_.live_max)
    return std::nullopt;
  auto name = std::move(queue_.front());
  queue_.pop_front();
  starting_.insert(name);
  live_.insert(name);
  return name;
}

void spawn_gate::on_ready(const std::string& name) {
  starting_.erase(name);
}

void spawn_gate::on_gone(const std::string& name) {
  starting_.erase(name);
  live_.erase(name);
  std::erase(queue_, name);
}

std::optional<spawn_gate::time_point>
spawn_gate::take(bucket& x, double most, milliseconds refill, time_point now) {
  using seconds = std::chrono::duration<double>;
  auto passed = std::chrono::duration_cast<seconds>(now - x.filled).count();
  auto each = std::chrono::duration_cast<seconds>(refill).count();
  x.tokens = std::min(most, x.tokens + passed / each);
  x.filled = now;
  // What a sum of fractions lacks to a whole is not a reason to wait.
  if (x.tokens >= 1.0 - 1e-9) {
    x.tokens = std::max(0.0, x.tokens - 1);
    return std::nullopt;
  }
  auto lacks = (1.0 - x.tokens) * each * 1000;
  return now + milliseconds{static_cast<int64_t>(std::ceil(lacks))};
}

spawn_gate::bucket& spawn_gate::bucket_of(std::map<std::string, bucket>& in,
                                          const std::string& name, double most,
                                          time_point now) {
  auto [i, fresh] = in.try_emplace(name);
  if (fresh)
    i->second = {most, now};
  return i->second;
}

} // namespace troupe
