#pragma once

#include <atomic>
#include <cstddef>

namespace troupe {

/// How much pipe memory beyond the usual may be taken. The kernel counts what a
/// user's pipes may hold, and beyond a limit makes new ones tiny: also those of
/// other programs. All methods may be called from any thread.
class pipe_budget {
public:
  explicit pipe_budget(size_t bytes);

  /// This process' share of what the kernel grants its user: a quarter.
  static pipe_budget& of_process();
  /// That share, in bytes, for a user who may hold `pages`; 0: there is no
  /// limit.
  static size_t share_of(size_t pages, size_t page_bytes);

  bool take(size_t bytes);
  void give(size_t bytes);

private:
  std::atomic<size_t> left_;
};

/// Lets one pipe hold `defaults::wide_pipe_bytes`, for a server that moves
/// much: with a small pipe both sides wait for each other at every chunk. Gives
/// its share of the budget back when it ends.
class wide_pipe {
public:
  explicit wide_pipe(pipe_budget& budget = pipe_budget::of_process());
  wide_pipe(const wide_pipe&) = delete;
  ~wide_pipe();

  /// Tries once, at the first call. The pipe stays as it is where the budget or
  /// the kernel refuses.
  void widen(int fd);

private:
  pipe_budget& budget_;
  bool tried_ = false;
  size_t taken_ = 0;
};

} // namespace troupe
