#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

namespace troupe {

/// Moves those of `from` out for which `is_it` holds; both keep their order.
template <class T, class F>
std::vector<T> take_out(std::vector<T>& from, F is_it) {
  auto first = std::stable_partition(from.begin(), from.end(),
                                     [&](const T& x) { return !is_it(x); });
  std::vector<T> result{std::make_move_iterator(first),
                        std::make_move_iterator(from.end())};
  from.erase(first, from.end());
  return result;
}

} // namespace troupe
