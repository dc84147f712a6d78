#pragma once

#include "troupe/messages/defaults.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace troupe {

/// Bounds how far a server may be ahead of its client: what was read from its
/// pipe and not handled yet. Beyond `defaults::inbound_bytes_max`, or while the
/// client holds it back, the transport stops reading, so that a server that
/// floods fills its own pipe and not our memory. Thread-safe.
class inbound_window {
public:
  /// `on_room` is called on the client's thread, when reading may go on. It may
  /// be called when reading goes on anyway.
  explicit inbound_window(std::function<void()> on_room)
    : on_room_(std::move(on_room)) {
    // nop
  }

  /// The memory that frames take while they wait.
  static size_t memory(const std::vector<std::string>& frames) {
    size_t result = 0;
    for (auto& x : frames)
      result += x.size() + defaults::inbound_frame_cost;
    return result;
  }

  /// What frames of one message cost while they wait: their memory, and a slot
  /// in the client's mailbox.
  static size_t cost(const std::vector<std::string>& frames) {
    return frames.empty() ? 0 : defaults::inbound_batch_cost + memory(frames);
  }

  /// The transport: this much is on its way. False: stop reading until
  /// `on_room`.
  bool add(size_t cost) {
    auto ahead = ahead_.fetch_add(cost) + cost;
    return !held_ && ahead <= most_;
  }

  // -- on the client's thread

  /// This much has been handled.
  void take(size_t cost) {
    auto low = most_ / 2;
    auto before = ahead_.fetch_sub(cost);
    if (before > low && before - cost <= low && !held_)
      on_room_();
  }

  /// `held`: nothing more is read from now on. `narrow`: the server may be only
  /// `defaults::paced_inbound_bytes_max` ahead, so that it blocks soon.
  void pace(bool held, bool narrow) {
    auto most =
      narrow ? defaults::paced_inbound_bytes_max : defaults::inbound_bytes_max;
    auto widened = most_.exchange(most) < most;
    auto released = held_.exchange(held) && !held;
    // If it is too far ahead for that, `take` calls `on_room` later.
    if ((widened || released) && !held && ahead_ <= most)
      on_room_();
  }

private:
  std::function<void()> on_room_;
  std::atomic<size_t> ahead_{0};
  std::atomic<size_t> most_{defaults::inbound_bytes_max};
  std::atomic<bool> held_{false};
};

} // namespace troupe
