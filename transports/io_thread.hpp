#pragma once

#include <functional>
#include <memory>
#include <span>

namespace boost::asio {
class io_context;
}

namespace troupe {

/// The one thread that serves the pipes of all child processes. Signals are
/// blocked in it. All methods may be called from any thread unless they say
/// otherwise.
///
/// It ends when the last owner lets go of it. What still lives on it is then
/// told to give up, on the thread itself.
class io_thread {
public:
  /// Something that lives on the thread until it says that it is done. Those
  /// that came last are told to give up first.
  class resident {
  public:
    virtual ~resident() = default;
    /// The thread ends; nothing will be served any more.
    virtual void abandon() = 0;
  };

  io_thread();
  /// Waits for the handler that runs just then, unless it is the one asking.
  ~io_thread();
  io_thread(const io_thread&) = delete;
  io_thread& operator=(const io_thread&) = delete;

  boost::asio::io_context& context();

  /// Runs `f` on the thread, soon, after what was posted before. Dropped where
  /// the thread ends first.
  void post(std::function<void()> f);

  /// Whether the caller is on the thread.
  bool here() const;

  // -- on the thread only

  /// Keeps `x` until `leave`.
  void settle(std::shared_ptr<resident> x);
  void leave(const resident* x);

  /// Room for one read, shared by all: what is in it is lost with the next.
  std::span<char> scratch();

private:
  struct core;
  std::shared_ptr<core> core_;
};

} // namespace troupe
