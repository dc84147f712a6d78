#pragma once

#include "troupe/messages/commands.hpp"

#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>
#include <variant>

namespace troupe::cli {

/// Events on their way from the actors to the main thread: at most
/// `defaults::events_max`, the oldest are dropped. Thread-safe.
class event_feed {
public:
  using event = std::variant<client_event, diagnostic>;

  struct taken {
    std::deque<event> events;
    uint64_t dropped = 0;
  };

  /// Returns true if the feed was empty, so that `take` must be called.
  bool put(event x) {
    std::lock_guard guard{mutex_};
    if (waiting_.events.size() >= defaults::events_max) {
      waiting_.events.pop_front();
      ++waiting_.dropped;
    }
    waiting_.events.push_back(std::move(x));
    return waiting_.events.size() == 1;
  }

  taken take() {
    std::lock_guard guard{mutex_};
    return std::exchange(waiting_, {});
  }

private:
  std::mutex mutex_;
  taken waiting_; // guarded by mutex_
};

} // namespace troupe::cli
