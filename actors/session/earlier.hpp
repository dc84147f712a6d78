#pragma once

#include <chrono>
#include <optional>

namespace troupe {

/// The earlier of two deadlines; empty stands for none.
inline std::optional<std::chrono::steady_clock::time_point>
earlier(std::optional<std::chrono::steady_clock::time_point> x,
        std::optional<std::chrono::steady_clock::time_point> y) {
  if (!x || (y && *y < *x))
    return y;
  return x;
}

} // namespace troupe
