#pragma once

#include <cstddef>

namespace troupe::defaults {

/// What is searched for hidden values in one turn of a thread that serves
/// others: some 0.2 ms. What a server says beyond that in the same turn is cut,
/// or searched in later turns.
inline constexpr size_t searched_bytes_max = 64u << 10;
/// A server's instructions for a model; the largest that were seen have 4 KiB.
inline constexpr size_t instructions_bytes_max = 32u << 10;

} // namespace troupe::defaults
