#include "troupe/tools/troupe/side_thread.hpp"

#include <system_error>
#include <utility>

namespace troupe::cli {

side_thread::side_thread() {
  try {
    thread_ = std::thread{[this] { run(); }};
  } catch (const std::system_error&) {
    // At the limit of processes: tasks run on the caller's thread.
  }
}

side_thread::~side_thread() {
  {
    std::lock_guard guard{mutex_};
    ending_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

void side_thread::post(task what) {
  if (!thread_.joinable())
    return what();
  {
    std::lock_guard guard{mutex_};
    tasks_.push_back(std::move(what));
  }
  changed_.notify_one();
}

void side_thread::run() {
  std::unique_lock guard{mutex_};
  for (;;) {
    changed_.wait(guard, [this] { return ending_ || !tasks_.empty(); });
    if (ending_)
      return;
    auto what = std::move(tasks_.front());
    tasks_.pop_front();
    guard.unlock();
    what();
    what = nullptr; // what it holds is released here, not under the lock
    guard.lock();
  }
}

} // namespace troupe::cli
