#pragma once

#include <string>

namespace troupe {

/// Replaces each number by a small one of the same length, so that faults, keys
/// and values keep their positions. For checking texts with numbers beyond any
/// double. `from`: where to begin, outside of strings. Internal to `json`.
std::string with_small_numbers(std::string text, size_t from);

} // namespace troupe
