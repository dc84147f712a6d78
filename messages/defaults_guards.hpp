#pragma once

#include <chrono>
#include <cstddef>

namespace troupe::defaults {

/// A shim whose host has died is done within twice its server's grace. One that
/// is still there after this time more is killed, and the warden ends the rest:
/// long enough for a loaded machine, and nobody waits for it.
inline constexpr auto orphaned_shim_margin = std::chrono::seconds{3};

/// The longest line of ancestors that is followed: beyond all that programs do.
inline constexpr std::size_t ancestors_max = 1000;

} // namespace troupe::defaults
