#pragma once

#include <cstddef>

namespace troupe::defaults {

/// Callers that a client goes on watching, so that the next call of each needs
/// no new watch; beyond that, those without an open call are let go. Agents that
/// use one server are fewer, and each costs some 200 bytes.
inline constexpr size_t callers_watched_max = 1000;

} // namespace troupe::defaults
