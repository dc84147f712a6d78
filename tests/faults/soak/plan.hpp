#pragma once

#include "troupe/messages/server_spec.hpp"

#include <cstdint>
#include <string>
#include <string_view>

/// What one cycle does, by seed and number alone: so every cycle can be had
/// again, whatever ran beside it.
namespace troupe::soak {

enum class fault : uint8_t {
  close,           ///< calls answered, then closed
  close_in_flight, ///< closed with calls under way
  close_at_start,  ///< closed before it can be ready
  close_directly,  ///< the client is told, not the registry
  reload,          ///< with calls under way
  replace,         ///< another spec, by apply's way
  cancel,          ///< the calls are cancelled
  drop_handle,     ///< the last handle of the client is dropped
  kill_leader,     ///< KILL to the server
  kill_shim,       ///< KILL to its guard
  kill_warden,     ///< KILL to the guard of all
  crash_client,    ///< the client's actor ends as by a bug
  kill_client,     ///< it is killed, and by the link its transport
};

inline constexpr size_t faults = 13;

std::string_view to_string(fault x);

struct plan {
  uint64_t number = 0;
  std::string kind;
  /// Named by the worker that runs it; marked in its environment.
  server_spec spec;
  /// Whether such a server becomes ready at all.
  bool sound = true;
  fault what = fault::close;
  uint32_t calls = 0;
  bool long_calls = false; // or such that are answered at once
};

/// `server`: the program. `mark`: in each server's environment, as SOAK_MARK.
plan plan_of(uint64_t seed, uint64_t number, const std::string& server,
             const std::string& mark);

} // namespace troupe::soak
