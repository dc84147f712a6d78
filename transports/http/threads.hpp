#pragma once

#include "troupe/transports/http/channel.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace troupe {

/// Threads that come as they are needed and end when they have nothing to do.
/// Signals are blocked in them. Thread-safe.
class http_threads {
public:
  using clock = http_channel::clock;
  /// Looks after what waits, and says until when that has to be done again.
  using care = std::function<std::optional<clock::time_point>()>;

  /// While threads are idle, one of them does `look_after`, now and then.
  http_threads(std::chrono::milliseconds idle, care look_after);
  /// As `end`.
  ~http_threads();

  /// Runs `f` at once, on a thread that has nothing to do, or on a new one.
  /// False: there is none to be had.
  bool run(std::function<void()> f);

  /// Waits for all of them, but for the calling one.
  void end();

  size_t size() const;

private:
  struct crew;
  std::shared_ptr<crew> crew_;
};

} // namespace troupe
