#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace troupe::cli {

/// A thread beside the main loop, for work that would block the loop: one task
/// after the other, in the order in which they come. The caller bounds their
/// number. Where the system grants no thread, `post` runs the task itself.
class side_thread {
public:
  using task = std::function<void()>;

  side_thread();
  /// Waits for the running task; queued ones are dropped.
  ~side_thread();
  side_thread(const side_thread&) = delete;
  side_thread& operator=(const side_thread&) = delete;

  /// `what` must not throw.
  void post(task what);

private:
  void run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<task> tasks_; // guarded by mutex_
  bool ending_ = false;    // guarded by mutex_
  std::thread thread_;     // last: it uses the others
};

} // namespace troupe::cli
