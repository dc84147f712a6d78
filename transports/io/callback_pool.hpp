#pragma once

#include "troupe/messages/defaults.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace troupe {

struct callback_pool_options {
  size_t threads_max = defaults::callback_threads_max;
  size_t threads_of_one_max = defaults::callback_threads_of_one_max;
  size_t waiting_max = defaults::callbacks_waiting_max;
  std::chrono::milliseconds idle = defaults::callback_thread_idle;
};

/// The threads for code of the embedder's that may block: sources of
/// credentials and in-process servers. One pool for each runtime. Threads come
/// as they are needed, up to a limit, and end when they are idle; owners are
/// served in turn, each with only so many threads at a time, so that a callback
/// which never returns delays only its owner. Signals are blocked in them.
/// Thread-safe.
class callback_pool {
public:
  explicit callback_pool(callback_pool_options options = {});
  /// Ends it, with `defaults::callback_stop_grace`.
  ~callback_pool();
  callback_pool(const callback_pool&) = delete;
  callback_pool& operator=(const callback_pool&) = delete;

  /// Names an owner, for `run`.
  uint64_t join();

  /// The owner with that name, the same through all restarts: a callback that
  /// never returned still takes one of its threads.
  static uint64_t owner_of(std::string_view name);

  /// Runs `f` in the owner's turn. Exceptions are dropped: `f` must catch those
  /// that are to be reported. Returns a number for `withdraw`; 0: refused,
  /// because the queue is full, no thread can be started, or the pool has
  /// ended.
  uint64_t run(uint64_t owner, std::function<void()> f);

  /// Like `run`, but not refused for a full queue: for an owner that has at
  /// most one of these queued, and depends on it.
  uint64_t run_owed(uint64_t owner, std::function<void()> f);

  /// Takes back what has not begun. False: too late.
  bool withdraw(uint64_t owner, uint64_t number);

  /// Takes no more, and lets queued and running callbacks finish within
  /// `grace`. Those still queued then are dropped, and those still running are
  /// abandoned: their threads end if the callback ever returns. Returns how
  /// many those are. Never waits for the calling thread; later calls do not
  /// wait.
  size_t end(std::chrono::milliseconds grace);

  /// Threads that run.
  size_t threads() const;

private:
  struct crew;
  std::shared_ptr<crew> crew_;
};

using callback_pool_ptr = std::shared_ptr<callback_pool>;

} // namespace troupe
