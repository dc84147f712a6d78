#pragma once

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

namespace troupe {

/// A descriptor for a process, closed at exec. -1 and errno: there is no such
/// process, or no descriptor. Used by host, warden and shim.
inline int open_pidfd(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

} // namespace troupe
