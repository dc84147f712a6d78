#pragma once

#include "messages/defaults.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace troupe {

/// How far a server may be ahead of its client: frames that were read from its
/// pipe and not dealt with yet. Beyond `defaults::inbound_bytes_max` the
/// transport stops reading, so that a server that floods fills its own pipe and
/// not our memory. Thread-safe.
class inbound_window {
public:
  /// `on_room` is called on the client's thread, when reading may go on.
  explicit inbound_window(std::function<void()> on_room)
    : on_room_(std::move(on_room)) {
    // nop
  }

  /// The memory that frames take while they wait.
  static size_t cost(const std::vector<std::string>& frames) {
    size_t result = 0;
    for (auto& x : frames)
      result += x.size() + defaults::inbound_frame_cost;
    return result;
  }

  /// The transport: so much is on its way. False: stop reading until `on_room`.
  bool add(size_t cost) {
    return ahead_.fetch_add(cost) + cost <= defaults::inbound_bytes_max;
  }

  /// The client: so much has been dealt with.
  void take(size_t cost) {
    constexpr auto low = defaults::inbound_bytes_max / 2;
    auto before = ahead_.fetch_sub(cost);
    if (before > low && before - cost <= low)
      on_room_();
  }

private:
  std::function<void()> on_room_;
  std::atomic<size_t> ahead_{0};
};

} // namespace troupe
