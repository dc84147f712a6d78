#pragma once

#include "troupe/transports/io/asio_types.hpp"
#include "troupe/transports/io/loop.hpp"
#include "troupe/transports/io/wide_pipe.hpp"

#include <string_view>

namespace troupe {

/// Reads one pipe on the I/O thread, a chunk at a time, until its end. Used on
/// that thread only. Included by sources of this floor alone.
class pipe_reader {
public:
  struct events {
    /// Some bytes; they are gone when it returns.
    std::function<void(std::string_view)> on_bytes;
    /// Every writer has closed it.
    std::function<void()> on_end;
  };

  explicit pipe_reader(io_loop& io);
  ~pipe_reader();

  /// Takes `fd`. Calls nothing once `owner`, which holds this, is gone.
  void start(int fd, std::weak_ptr<void> owner, events events);

  /// Reads what is in the pipe now, but not what is written meanwhile: a
  /// process that keeps writing must not block us.
  void drain();

  /// Leaves the bytes in the pipe until `resume`.
  void pause();
  void resume();

  void close();
  bool is_open() const;

private:
  enum class step { bytes, nothing, end };

  void wait();
  void on_ready();
  step read_once(size_t bytes_max, size_t& bytes);

  io_loop& io_;
  io_descriptor pipe_;
  std::weak_ptr<void> owner_;
  events events_;
  bool paused_ = false;
  wide_pipe width_;
};

} // namespace troupe
