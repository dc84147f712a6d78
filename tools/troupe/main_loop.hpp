#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

namespace troupe::cli {

/// The program's main thread: descriptors, timers, and tasks of other threads.
/// All but `post` is for that thread alone.
class main_loop {
public:
  using clock = std::chrono::steady_clock;
  using task = std::function<void()>;

  main_loop();
  ~main_loop();
  main_loop(const main_loop&) = delete;
  main_loop& operator=(const main_loop&) = delete;

  /// Calls `what` on the main thread, soon. From any thread; dropped after the
  /// loop's end.
  void post(task what);

  /// Calls `on_events` whenever poll(2) reports one of `events`, or an error.
  /// The descriptor stays the caller's. A second call replaces the first.
  void watch(int fd, short events, std::function<void(short)> on_events);
  void forget(int fd);

  /// Calls `what` once, after `delay`. Returns the timer's number.
  uint64_t after(std::chrono::milliseconds delay, task what);
  void cancel(uint64_t timer);

  /// Until `quit`.
  void run();
  void quit();

private:
  struct watched {
    short events = 0;
    std::function<void(short)> on_events;
  };
  struct timer {
    clock::time_point due;
    task what;
  };

  int wait_ms() const;
  void poll_once();
  void run_posted();
  void run_due();

  int wake_ = -1;
  bool running_ = false;
  std::map<int, watched> watched_;
  std::map<uint64_t, timer> timers_;
  uint64_t last_timer_ = 0;
  std::mutex mutex_;
  std::vector<task> posted_; // guarded by mutex_
};

/// Takes the signals that end the program, from here on and in every thread
/// that is started later: INT, TERM, and HUP unless it was ignored before. They
/// are read from `fd`.
class ending_signals {
public:
  ending_signals();
  ~ending_signals();
  ending_signals(const ending_signals&) = delete;
  ending_signals& operator=(const ending_signals&) = delete;

  int fd() const {
    return fd_;
  }
  /// The next signal's number; 0 where none waits.
  int next();

  /// From now on each of the signals ends the program, also one that has come
  /// and was not read.
  void give_back();

private:
  int fd_ = -1;
  sigset_t taken_;
  sigset_t before_;
};

} // namespace troupe::cli
