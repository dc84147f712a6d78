#pragma once

#include "troupe/actors/interfaces.hpp"

#include <functional>
#include <vector>

namespace troupe::bench {

/// Calls to make.
struct load_plan {
  std::vector<client_handle> clients;
  call_tool what;
  size_t calls = 0;
  /// Calls in flight for each client: an answer makes room for the next call.
  size_t window = 1;
  bool timed = false; // each call's time is kept
};

struct load_result {
  size_t failed = 0;
  size_t bytes = 0; // of results
  std::chrono::nanoseconds took{0};
  std::vector<std::chrono::nanoseconds> times;
};

/// An agent that keeps calls in flight, as an embedder's actor would, until all
/// are answered. Blocks its caller, which is no actor.
load_result run_load(caf::actor_system& system, load_plan plan);

} // namespace troupe::bench
