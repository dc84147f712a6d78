#pragma once

#include <algorithm>
#include <iterator>
#include <vector>

namespace troupe {

/// Moves those of `from` out for which `is_it` holds; both keep their order.
/// Where nothing is left, `from` holds no memory.
template <class T, class F>
std::vector<T> take_out(std::vector<T>& from, F is_it) {
  auto first = std::stable_partition(from.begin(), from.end(),
                                     [&](const T& x) { return !is_it(x); });
  std::vector<T> result{std::make_move_iterator(first),
                        std::make_move_iterator(from.end())};
  from.erase(first, from.end());
  if (from.empty())
    from.shrink_to_fit();
  return result;
}

} // namespace troupe
