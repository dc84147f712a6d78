#pragma once

#include <string>

namespace troupe {

/// The same text with numbers in the place of numbers, as long as these, that
/// any reader can take: it has its faults, keys and values at the same places.
/// For checking texts with numbers beyond any double. `from`: a place in no
/// string. Internal to `json`.
std::string with_small_numbers(std::string text, size_t from);

} // namespace troupe
