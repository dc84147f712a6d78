#pragma once

#include "troupe/tools/bench/figures.hpp"

/// Measures that are the same code for every floor.
namespace troupe::bench {

inline double seconds_since(std::chrono::steady_clock::time_point begin) {
  std::chrono::duration<double> result =
    std::chrono::steady_clock::now() - begin;
  return result.count();
}

/// `call`: sends a request and waits for its answer.
template <class Call>
figures sequential(size_t calls, Call call) {
  using clock = std::chrono::steady_clock;
  std::vector<nanoseconds> took;
  took.reserve(calls);
  auto begin = clock::now();
  for (size_t i = 0; i < calls; ++i) {
    auto sent = clock::now();
    call();
    took.push_back(clock::now() - sent);
  }
  figures x;
  x.name = "sequential calls";
  x.per_second = static_cast<double>(calls) / seconds_since(begin);
  x.p50 = percentile(took, 0.5);
  x.p99 = percentile(took, 0.99);
  return x;
}

/// `call`: requests a large result and waits for it; returns its bytes.
template <class Call>
figures large(size_t calls, Call call) {
  size_t total = 0;
  auto begin = std::chrono::steady_clock::now();
  for (size_t i = 0; i < calls; ++i)
    total += call();
  figures x;
  x.name = "1 MiB results";
  x.megabytes_second = static_cast<double>(total) / 1e6 / seconds_since(begin);
  return x;
}

} // namespace troupe::bench
