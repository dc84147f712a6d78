#pragma once

#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace troupe {

/// Owns a descriptor and tells when it can be read or written. Used on the I/O
/// thread. After `close`, or its end, nothing is called any more; both may
/// happen inside a callback.
class fd_watch {
public:
  /// Closes `fd` at once where it cannot be watched.
  fd_watch(boost::asio::io_context& io, int fd);
  fd_watch(const fd_watch&) = delete;
  ~fd_watch();

  /// -1 once it is closed.
  int fd() const;
  void close();

  /// Calls `f` whenever there is something to read, or the end was reached.
  void on_readable(std::function<void()> f);
  /// Calls `f` once, when it can be written.
  void on_writable(std::function<void()> f);

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace troupe
