#pragma once

#include <functional>
#include <memory>
#include <span>

namespace boost::asio {
class io_context;
}

namespace troupe {

class worker_pool;

/// What runs on an `io_thread`. Owning a loop does not keep its thread alive;
/// what is posted after the thread's end is never run.
class io_loop : public std::enable_shared_from_this<io_loop> {
public:
  /// An object that lives on the thread until it leaves. When the thread ends,
  /// those that came last are told first.
  class resident {
  public:
    virtual ~resident() = default;
    /// The thread ends; nothing will be served any more.
    virtual void abandon() = 0;
  };

  /// Throws `std::system_error` where there is no descriptor for it.
  io_loop();
  /// Is served by those threads.
  explicit io_loop(std::shared_ptr<worker_pool> pool);
  ~io_loop();
  io_loop(const io_loop&) = delete;
  io_loop& operator=(const io_loop&) = delete;

  // -- from any thread

  boost::asio::io_context& context();
  /// Runs `f` on the thread, soon, after what was posted before.
  void post(std::function<void()> f);
  /// Lets `run` return.
  void stop();
  /// Does what `run` does at its end.
  void end();

  // -- on the thread only

  /// Serves until `stop`; then tells all residents, and runs what was posted
  /// before they were told.
  void run();
  /// Whether nothing will be served any more.
  bool ended() const;
  /// Keeps `x` until `leave`.
  void settle(std::shared_ptr<resident> x);
  void leave(const resident* x);
  /// Room for one read, shared by all: what is in it is lost with the next.
  std::span<char> scratch();

private:
  void abandon_all();

  struct core;
  std::unique_ptr<core> core_;
};

} // namespace troupe
