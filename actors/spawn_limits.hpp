#pragma once

#include "troupe/messages/defaults.hpp"

#include <chrono>
#include <cstdint>

namespace troupe {

/// The limits of the one gate that every start of a server passes. A start that
/// must wait is queued, and its client says so (`client_status`).
struct spawn_limits {
  /// Automatic starts of one server: a burst, then one each `refill`.
  uint32_t burst = defaults::spawn_burst;
  std::chrono::milliseconds refill = defaults::spawn_refill;
  /// Automatic starts of all servers.
  uint32_t per_minute = defaults::spawns_per_minute;
  /// Commanded starts of one server (connect, reload, apply).
  uint32_t commanded_per_minute = defaults::commanded_starts_per_minute;
  /// Starts that have not become ready yet.
  uint32_t concurrent = defaults::concurrent_starts;
  /// Servers that run.
  uint32_t live_max = defaults::live_servers_max;
};

} // namespace troupe
