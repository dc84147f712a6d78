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

/// The threads on which code of the embedder's runs that may block: sources of
/// credentials and in-process servers. One for each runtime. Threads come as
/// they are needed, up to a limit, and end when they have nothing to do; each
/// owner has its turn, and only so many threads at a time, so that a callback
/// which never returns delays nobody but its owner. Signals are blocked in
/// them. Thread-safe.
class callback_pool {
public:
  explicit callback_pool(callback_pool_options options = {});
  /// Ends it, with `defaults::callback_stop_grace`.
  ~callback_pool();
  callback_pool(const callback_pool&) = delete;
  callback_pool& operator=(const callback_pool&) = delete;

  /// Names an owner, for `run`.
  uint64_t join();

  /// The owner of that name, for what comes again and again: a callback that
  /// never returned counts for the next one, too.
  static uint64_t owner_of(std::string_view name);

  /// Runs `f` in the owner's turn. What it throws is dropped: `f` is to catch
  /// what somebody should hear of. Gives a number for `withdraw`; 0: it is
  /// refused, because too much waits, no thread can be had, or it has ended.
  uint64_t run(uint64_t owner, std::function<void()> f);

  /// Like `run`, but not refused because too much waits: for an owner that has
  /// at most one of these waiting, and cannot do without it.
  uint64_t run_owed(uint64_t owner, std::function<void()> f);

  /// Takes back what has not begun. False: too late.
  bool withdraw(uint64_t owner, uint64_t number);

  /// Takes no more, and lets what waits and what runs finish within `grace`.
  /// What still waits then is dropped, and what still runs is left alone: its
  /// thread ends by itself if its callback ever returns. Gives how many those
  /// are. Never waits for the calling thread; later calls wait no more.
  size_t end(std::chrono::milliseconds grace);

  /// Threads that are there.
  size_t threads() const;

private:
  struct crew;
  std::shared_ptr<crew> crew_;
};

using callback_pool_ptr = std::shared_ptr<callback_pool>;

} // namespace troupe
