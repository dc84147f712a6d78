#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

namespace troupe {

/// Admits a limited number of things a second, and counts those skipped. Pure:
/// the time is given.
class rate_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct verdict {
    bool admitted = false;
    size_t skipped_before = 0; ///< since the last one admitted
  };

  explicit rate_limit(size_t a_second) : most_(a_second) {
    // nop
  }

  verdict ask(time_point now) {
    if (now - window_ >= std::chrono::seconds{1}) {
      window_ = now;
      admitted_ = 0;
    }
    if (admitted_ >= most_) {
      ++skipped_;
      return {};
    }
    ++admitted_;
    return {true, take_skipped()};
  }

  /// How many were skipped since they were reported last.
  size_t take_skipped() {
    return std::exchange(skipped_, 0);
  }

private:
  size_t most_;
  time_point window_;
  size_t admitted_ = 0; // in this window
  size_t skipped_ = 0;
};

} // namespace troupe
