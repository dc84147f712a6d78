#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace troupe {

/// Traffic of a server that answers no open request of ours.
struct unsolicited_traffic {
  size_t frames = 0;
  size_t bytes = 0;
};

/// Counts unsolicited traffic, frame by frame: each message that is not an
/// answer counts as a frame, and the bytes of a frame without any answer.
class inbound_traffic {
public:
  void begin_frame(std::string_view text) {
    bytes_ = text.size();
    answers_ = 0;
  }

  /// A message of the current frame answers an open request.
  void on_answer() {
    ++answers_;
  }

  /// `messages`: how many there were in the frame, good or not.
  void end_frame(size_t messages) {
    unsolicited_.frames += messages - std::min(messages, answers_);
    unsolicited_.bytes += answers_ == 0 ? bytes_ : 0;
  }

  /// The traffic since the last call.
  unsolicited_traffic take_unsolicited() {
    return std::exchange(unsolicited_, {});
  }

private:
  size_t bytes_ = 0;
  size_t answers_ = 0;
  unsolicited_traffic unsolicited_;
};

} // namespace troupe
