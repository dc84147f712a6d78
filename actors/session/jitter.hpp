#pragma once

#include <chrono>
#include <cstdint>

namespace troupe {

/// Makes waits up to a tenth longer, so that clients that lost a proxy do not
/// all come back at once; never shorter than the server asked for. Pure.
class jitter {
public:
  using milliseconds = std::chrono::milliseconds;

  /// Seeds that are close to each other, as ids of actors are, give waits that
  /// are not.
  explicit jitter(uint32_t seed) : seed_(scrambled(seed)) {
    // nop
  }

  milliseconds operator()(milliseconds x) {
    seed_ = seed_ * 1664525 + 1013904223;
    return x + milliseconds{x.count() * (seed_ >> 16) / 0xFFFF / 10};
  }

private:
  // Each bit of the result depends on all of the seed's (a hash of Wellons').
  static constexpr uint32_t scrambled(uint32_t x) {
    x = (x ^ (x >> 16)) * 0x7feb352dU;
    x = (x ^ (x >> 15)) * 0x846ca68bU;
    return x ^ (x >> 16);
  }

  uint32_t seed_;
};

} // namespace troupe
