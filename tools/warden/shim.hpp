#pragma once

#include "troupe/tools/warden/spawn.hpp"

namespace troupe::guard {

/// The descriptors of a shim.
struct shim_ends {
  int control = -1; ///< to the host
  int host = -1;    ///< the host's pidfd
  int launch = -1;  ///< the memory file with what to start
  int32_t warden = 0;
  server_pipes pipes;
};

/// Guards one server until nothing of it is left; then ends the process.
[[noreturn]] void run_shim(const shim_ends& ends);

} // namespace troupe::guard
