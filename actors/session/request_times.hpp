#pragma once

#include <chrono>

namespace troupe {

/// How long a request may take from now on; both above 0.
struct request_times {
  /// Longest silence of the server about it; progress restarts that.
  std::chrono::milliseconds idle{0};
  /// Until its answer; nothing extends it.
  std::chrono::milliseconds total{0};
};

} // namespace troupe
