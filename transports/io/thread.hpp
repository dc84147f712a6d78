#pragma once

#include "troupe/transports/io/loop.hpp"

#include <thread>

namespace troupe {

/// The one thread that serves the pipes of all child processes. Signals are
/// blocked in it. May be used from any thread.
///
/// It ends when its last owner drops it. Objects that still live on it are then
/// told to give up, on the thread itself.
class io_thread {
public:
  /// Throws `std::system_error` where there is no thread or no descriptor.
  io_thread();
  /// No thread of its own: those of the pool do its work.
  explicit io_thread(std::shared_ptr<worker_pool> pool);
  /// Waits for the handler that runs just then, unless called from it. A pool
  /// is not waited for: what still lives here is told on one of its threads.
  ~io_thread();
  io_thread(const io_thread&) = delete;
  io_thread& operator=(const io_thread&) = delete;

  /// What runs on it.
  const std::shared_ptr<io_loop>& loop() const {
    return loop_;
  }

  boost::asio::io_context& context() {
    return loop_->context();
  }

  void post(std::function<void()> f) {
    loop_->post(std::move(f));
  }

  /// Whether the caller is on the thread.
  bool here() const;

private:
  std::shared_ptr<worker_pool> pool_;
  std::shared_ptr<io_loop> loop_;
  std::thread thread_;
};

} // namespace troupe
