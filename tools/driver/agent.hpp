#pragma once

#include "troupe/tools/driver/figures.hpp"

#include <string>
#include <vector>

namespace troupe::driver {

/// Calls that an agent makes, as embedders do: within an actor.
struct workload {
  std::vector<client_handle> clients;
  size_t calls = 0;      ///< of all clients together
  size_t window = 1;     ///< under way at a time, with each client
  size_t blob_bytes = 0; ///< 0: `echo`; else results of `blob` with so many
  bool numbered = false; ///< each `echo` has a text of its own
};

struct work_done {
  std::vector<double> times; ///< of each call, in ms
  double seconds = 0;        ///< all of it
  size_t wrong = 0;          ///< failed, or answered with something else
};

/// Runs it in an actor of its own, and waits until it is done.
work_done run(caf::actor_system& system, workload what);

} // namespace troupe::driver
