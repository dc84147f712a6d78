#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace troupe::demo {

/// Calls functions later. Single-threaded.
class timers {
public:
  using clock = std::chrono::steady_clock;
  /// Names a timer until it has run or was cancelled.
  using handle = std::pair<clock::time_point, uint64_t>;

  handle after(std::chrono::milliseconds delay, std::function<void()> what);

  /// Unknown handles are ignored.
  void cancel(const handle& which);

  bool empty() const;

  /// For `poll`: milliseconds until the next timer, rounded up; -1 without one.
  int poll_timeout() const;

  /// Runs what is due; timers that this adds wait for the next call.
  void run_due();

private:
  std::map<handle, std::function<void()>> pending_;
  uint64_t last_ = 0;
};

/// Timers that end with their owner.
class timer_group {
public:
  explicit timer_group(timers& clock);
  ~timer_group();
  timer_group(const timer_group&) = delete;
  timer_group& operator=(const timer_group&) = delete;

  void after(std::chrono::milliseconds delay, std::function<void()> what);

private:
  timers& clock_;
  std::map<uint64_t, timers::handle> pending_;
  uint64_t last_ = 0;
};

} // namespace troupe::demo
