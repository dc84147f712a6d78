#pragma once

#include "troupe/transports/io/asio_types.hpp"
#include "troupe/transports/io/loop.hpp"

namespace troupe {

/// A timer on the I/O thread that can be restarted. Used on that thread only.
/// Included by sources of this floor alone.
class one_timer {
public:
  explicit one_timer(io_loop& io) : timer_(io.context()) {
    // nop
  }

  /// Calls `f` after `wait`, unless it is restarted or cancelled, or `owner`,
  /// which holds this, is gone before.
  template <class Duration, class F>
  void start(Duration wait, std::weak_ptr<void> owner, F f) {
    // A cancel does not reach a handler that is queued already.
    auto mine = ++turn_;
    timer_.expires_after(wait);
    timer_.async_wait([this, mine, owner = std::move(owner),
                       f = std::move(f)](boost::system::error_code failed) {
      auto kept = owner.lock();
      if (kept != nullptr && !failed && mine == turn_)
        f();
    });
  }

  void cancel() {
    ++turn_;
    timer_.cancel();
  }

private:
  io_timer timer_;
  uint64_t turn_ = 0;
};

} // namespace troupe
