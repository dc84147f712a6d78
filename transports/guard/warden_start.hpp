#pragma once

#include "troupe/transports/guard/process_mark.hpp"
#include "troupe/transports/io/unique_fd.hpp"

#include <cstdint>
#include <string>

namespace troupe {

/// A warden that runs and has said `hello`. It is no child of ours.
struct started_warden {
  int32_t pid = 0; ///< 0: the start failed
  unique_fd pidfd;
  unique_fd socket; ///< non-blocking
  std::string error;
  int error_number = 0; ///< errno, where there was one
};

/// Starts the program at `executable`. It inherits its end of the socket and
/// our own pidfd, and nothing else. `mark` is in the command line of all
/// guards, and so is our own mark where another host started us; nothing else
/// of our environment is passed on. Blocks until it is up, which takes a
/// millisecond or two and at most `defaults::exec_timeout`.
started_warden start_warden(const std::string& executable,
                            const process_mark& mark);

} // namespace troupe
