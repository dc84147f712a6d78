#pragma once

#include "troupe/actors/troupe.hpp"

#include <chrono>
#include <string_view>
#include <vector>

namespace troupe::driver {

using clock = std::chrono::steady_clock;

double milliseconds_since(clock::time_point begin);

/// What this process holds.
struct footprint {
  long rss_kib = 0;
  long descriptors = 0;
  long threads = 0;

  static footprint now();
};

/// Writes p50, p99 and p99.9 of the times (in ms) as members, in us.
void write_percentiles(json_writer& out, std::vector<double> times);

} // namespace troupe::driver
