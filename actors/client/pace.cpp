#include "troupe/actors/client/client.hpp"

#include "troupe/actors/type_ids.hpp"

/// How a client reads a server more slowly that says more than anybody asked
/// for: calls to it go on, and so do those to others.
namespace troupe {

/// What has come just now, beside answers. `skipped_bytes`: what was no frame.
void client::charge(size_t skipped_bytes) {
  auto x = session_->take_unasked();
  pace_.charge(x.frames, x.bytes + skipped_bytes, time_now());
  keep_pace();
}

void client::keep_pace() {
  if (window_) // frames may come before it
    window_->pace(pace_.held(), pace_.throttled());
  if (std::exchange(told_throttled_, pace_.throttled()) == pace_.throttled())
    return;
  remark(diagnostic::kind::throttled, pace_.throttled()
                                        ? throttled_text()
                                        : "its output is read at once again");
}

/// The connection is of no use any more. A server that nobody reads would not
/// see its input end.
void client::end_pace() {
  pace_ = {};
  told_throttled_ = false;
  if (window_)
    window_->pace(false, false);
}

} // namespace troupe
