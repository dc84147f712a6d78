#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace troupe {

/// Calls a function, as a handler of that context, when a time has come. Used
/// by any thread that holds it.
class alarm_clock {
public:
  using time_point = std::chrono::steady_clock::time_point;

  alarm_clock(boost::asio::io_context& io, std::function<void()> f);
  /// The function may be running then; it is not called any more.
  ~alarm_clock();
  alarm_clock(const alarm_clock&) = delete;
  alarm_clock& operator=(const alarm_clock&) = delete;

  /// Keeps others out while the result lives. A thread may hold it several
  /// times.
  class holder;
  holder hold();

  /// Takes the place of an earlier time.
  void set(time_point at);
  void cancel();

private:
  struct state;
  std::shared_ptr<state> state_;
};

class alarm_clock::holder {
public:
  ~holder();
  holder(const holder&) = delete;
  holder& operator=(const holder&) = delete;

private:
  friend class alarm_clock;
  explicit holder(state& x);

  state* held_ = nullptr; // null: this thread held it before
};

} // namespace troupe
