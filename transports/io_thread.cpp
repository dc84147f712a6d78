#include "transports/io_thread.hpp"

#include <pthread.h>
#include <signal.h>

namespace troupe {

/// A new thread inherits the mask: no signal can slip in before it is set.
class signals_held_back {
public:
  signals_held_back() {
    auto all = sigset_t{};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~signals_held_back() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

private:
  sigset_t before_{};
};

io_thread::io_thread() : loop_(std::make_shared<io_loop>()) {
  auto held_back = signals_held_back{};
  // It keeps the loop: it may outlive this object for the rest of a handler.
  thread_ = std::thread{[loop = loop_] { loop->run(); }};
  pthread_setname_np(thread_.native_handle(), "troupe-io");
}

io_thread::~io_thread() {
  loop_->stop();
  if (here())
    thread_.detach();
  else
    thread_.join();
}

bool io_thread::here() const {
  return thread_.get_id() == std::this_thread::get_id();
}

} // namespace troupe
