#pragma once

#include "troupe/actors/ask.hpp"
#include "troupe/actors/type_ids.hpp"

#include <chrono>
#include <vector>

/// For threads that are no actors: `main`, tests, other libraries' callbacks.
/// Everything here blocks its caller, and must not be used inside of actors.
namespace troupe {

/// Waits until all of them have ended; an empty handle counts as ended. False:
/// `timeout` came first.
bool wait_until_down(caf::actor_system& system,
                     const std::vector<caf::actor>& all,
                     std::chrono::milliseconds timeout);

} // namespace troupe
