#pragma once

#include <sys/syscall.h>
#include <unistd.h>

namespace troupe {

/// Signals exactly the process that a pidfd names. False where it has ended, or
/// may not be signalled, or there is no pidfd. Used by host, warden and shim.
inline bool send_signal(int pidfd, int signal, unsigned flags = 0) {
  return syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, flags) == 0;
}

} // namespace troupe
