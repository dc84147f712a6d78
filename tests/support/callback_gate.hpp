#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace troupe {

/// Something that callbacks wait at, and that says how many do. Opens when it
/// goes. Its waits are bounded. Thread-safe.
class callback_gate {
public:
  static constexpr auto patience = std::chrono::seconds{40};

  ~callback_gate() {
    open();
  }

  /// Waits until the gate is open.
  void pass() {
    auto held = std::unique_lock{mutex_};
    ++waiting_;
    changed_.notify_all();
    changed_.wait(held, [this] { return open_; });
    --waiting_;
    changed_.notify_all();
  }

  /// Lets all pass, and waits until they have.
  void open() {
    auto held = std::unique_lock{mutex_};
    open_ = true;
    changed_.notify_all();
    changed_.wait_for(held, patience, [this] { return waiting_ == 0; });
  }

  /// Waits until so many wait at it. False: they did not come in time.
  bool wait_for(size_t count) {
    auto held = std::unique_lock{mutex_};
    return changed_.wait_for(held, patience, [&] { return waiting_ == count; });
  }

  size_t waiting() {
    auto held = std::unique_lock{mutex_};
    return waiting_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  size_t waiting_ = 0;
  bool open_ = false;
};

} // namespace troupe
