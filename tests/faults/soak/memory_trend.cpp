#include "troupe/tests/faults/soak/memory_trend.hpp"

#include <algorithm>

namespace troupe::soak {

namespace {

/// Less than one leaked client costs.
constexpr double kib_a_cycle_max = 4;
constexpr size_t looks_min = 9;

constexpr bool allocator_keeps_what_is_freed =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  true;
#else
  false;
#endif

} // namespace

void memory_trend::add(uint64_t cycles, size_t kib) {
  looks_.push_back({static_cast<double>(cycles), static_cast<double>(kib)});
}

double memory_trend::slope() const {
  std::vector<double> all;
  for (size_t i = looks_.size() / 3; i < looks_.size(); ++i)
    for (size_t j = i + 1; j < looks_.size(); ++j)
      if (looks_[j].cycles > looks_[i].cycles)
        all.push_back((looks_[j].kib - looks_[i].kib)
                      / (looks_[j].cycles - looks_[i].cycles));
  if (all.empty())
    return 0;
  auto middle = all.begin() + static_cast<long>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end());
  return *middle;
}

std::string memory_trend::judge() const {
  if (allocator_keeps_what_is_freed || looks_.size() < looks_min
      || slope() <= kib_a_cycle_max)
    return {};
  return "memory grows by " + std::to_string(slope()) + " KiB a cycle";
}

} // namespace troupe::soak
