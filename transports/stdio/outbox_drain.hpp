#pragma once

#include "troupe/transports/io/one_timer.hpp"
#include "troupe/transports/stdio/outbox.hpp"

namespace troupe {

/// The I/O thread's half of a `stdio_outbox`: waits until the pipe takes more,
/// and notices when it does not. Idle, and not in the kernel's poll, while no
/// frame is queued. Used on the I/O thread only. Included by sources of this
/// folder alone.
class outbox_drain {
public:
  struct events {
    std::function<void()> on_broken;
    /// One frame was not taken for the whole of `frame_timeout`.
    std::function<void()> on_overdue;
  };

  outbox_drain(io_loop& io, std::chrono::milliseconds frame_timeout);
  ~outbox_drain();

  void start(std::shared_ptr<stdio_outbox> out, std::weak_ptr<void> owner,
             events events);

  /// Frames are queued in the outbox.
  void wake();

  /// Closes the pipe. Nothing is called any more.
  void shut();

private:
  void watch();
  void on_ready();
  void forget();
  void await_deadline();
  void check_deadline();

  io_descriptor pipe_;
  one_timer deadline_;
  const std::chrono::milliseconds frame_timeout_;
  std::shared_ptr<stdio_outbox> out_;
  std::weak_ptr<void> owner_;
  events events_;
};

} // namespace troupe
