#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace troupe::soak {

/// How memory grows with the cycles: the median of all slopes between two
/// looks (Theil and Sen), which no single outlier moves. The first third does
/// not count: pools and caches fill.
class memory_trend {
public:
  void add(uint64_t cycles, size_t kib);

  /// KiB a cycle.
  double slope() const;

  /// Why it grows too much; empty where it does not, or where nothing can be
  /// said (too few looks, or a sanitizer's allocator).
  std::string judge() const;

private:
  struct look {
    double cycles = 0;
    double kib = 0;
  };
  std::vector<look> looks_;
};

} // namespace troupe::soak
