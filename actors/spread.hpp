#pragma once

#include <chrono>
#include <cstdint>

namespace troupe {

/// Makes waits up to a tenth longer, so that clients that lost a proxy do not
/// all come back at once; never shorter than the server asked for. Pure.
class spread {
public:
  using milliseconds = std::chrono::milliseconds;

  explicit spread(uint32_t seed) : seed_(seed) {
    // nop
  }

  milliseconds operator()(milliseconds x) {
    seed_ = seed_ * 1664525 + 1013904223;
    return x + milliseconds{x.count() * (seed_ >> 16) / 0xFFFF / 10};
  }

private:
  uint32_t seed_;
};

} // namespace troupe
