#include "troupe/transports/io/thread.hpp"

#include "troupe/transports/io/signals_blocked.hpp"

#include <pthread.h>

namespace troupe {

io_thread::io_thread() : loop_(std::make_shared<io_loop>()) {
  auto blocked = signals_blocked{};
  // It owns the loop, too: it may outlive this object by the rest of a handler.
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
