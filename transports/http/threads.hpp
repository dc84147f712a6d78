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
  /// Prunes what is idle, and returns when that is due again.
  using care = std::function<std::optional<clock::time_point>()>;

  /// While threads are idle, one of them calls `look_after` when that is due.
  http_threads(std::chrono::milliseconds idle, care look_after);
  /// As `end`.
  ~http_threads();

  /// Runs `f` at once, on an idle thread or a new one. False: no thread can be
  /// started.
  bool run(std::function<void()> f);

  /// Waits for all of them, except the calling one.
  void end();

  size_t size() const;

private:
  struct crew;
  std::shared_ptr<crew> crew_;
};

} // namespace troupe
