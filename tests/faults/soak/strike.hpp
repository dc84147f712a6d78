#pragma once

#include <string>

#include <sys/types.h>

namespace troupe::soak {

/// A server's first process, and what stands in its environment.
struct target {
  pid_t leader = 0;
  std::string mark;
};

// Each kills with KILL, and nothing but what it is told to: a pid may have
// become another's meanwhile. False where there is no such process any more.

bool kill_leader(const target& x);
bool kill_shim(const target& x);
bool kill_warden();

} // namespace troupe::soak
