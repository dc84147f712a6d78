#include "troupe/transports/io/thread.hpp"

#include "troupe/transports/io/signals_blocked.hpp"
#include "troupe/transports/io/worker_pool.hpp"

#include <pthread.h>

namespace troupe {

io_thread::io_thread() : loop_(std::make_shared<io_loop>()) {
  auto blocked = signals_blocked{};
  // It owns the loop, too: it may outlive this object by the rest of a handler.
  thread_ = std::thread{[loop = loop_] { loop->run(); }};
  pthread_setname_np(thread_.native_handle(), "troupe-io");
}

io_thread::io_thread(std::shared_ptr<worker_pool> pool)
  : pool_(std::move(pool)), loop_(std::make_shared<io_loop>(pool_)) {
  // nop
}

io_thread::~io_thread() {
  if (pool_ != nullptr) {
    loop_->post([loop = loop_] { loop->end(); });
    return;
  }
  loop_->stop();
  if (here())
    thread_.detach();
  else
    thread_.join();
}

bool io_thread::here() const {
  return pool_ != nullptr ? pool_->serving_here()
                          : thread_.get_id() == std::this_thread::get_id();
}

} // namespace troupe
