#pragma once

#include "transports/unique_fd.hpp"

#include <cstdint>
#include <string>

namespace troupe {

/// A warden that was just started; it has not said `hello` yet.
struct started_warden {
  int32_t pid = 0; ///< our child, to be reaped by us; 0: the start failed
  unique_fd pidfd;
  unique_fd socket; ///< non-blocking
  std::string error;
};

/// Starts the program at `executable`. It inherits its end of the socket and
/// our own pidfd, and nothing else; of our environment only an outer cookie.
started_warden start_warden(const std::string& executable);

} // namespace troupe
