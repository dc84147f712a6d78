#pragma once

#include "troupe/actors/interfaces.hpp"

#include <string>
#include <string_view>

namespace troupe::conformance {

/// What a scenario of the suite gives to its client.
struct stage {
  caf::actor_system& system;
  client_handle client;
  std::string scenario;
  json context; ///< Null where there is none.
};

/// Does what the scenario asks of a client. Returns what went wrong as a
/// sentence; empty: nothing.
std::string play(const stage& on);

} // namespace troupe::conformance
