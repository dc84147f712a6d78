#pragma once

#include "troupe/transports/ordered_mutex.hpp"

#include <functional>

namespace troupe {

/// Interrupts, from any thread, the blocking step that one thread is in. Each
/// step says how it can be ended; once interrupted, no further one begins.
class interrupter {
public:
  /// A step begins that `f` ends. `f` is called at most once, on the thread
  /// that interrupts, and never after `leave`. False: do not begin.
  bool enter(std::function<void()> f) {
    auto held = std::unique_lock{mutex_};
    if (interrupted_)
      return false;
    end_step_ = std::move(f);
    return true;
  }

  /// The step is over: what `f` uses may go.
  void leave() {
    auto held = std::unique_lock{mutex_};
    end_step_ = nullptr;
  }

  void interrupt() {
    auto held = std::unique_lock{mutex_};
    if (!interrupted_ && end_step_)
      end_step_();
    interrupted_ = true;
  }

  bool interrupted() const {
    auto held = std::unique_lock{mutex_};
    return interrupted_;
  }

private:
  mutable ordered_mutex<lock_rank::interrupter> mutex_;
  std::function<void()> end_step_; // guarded by mutex_
  bool interrupted_ = false;       // guarded by mutex_
};

} // namespace troupe
