#pragma once

#include "troupe/transports/guard/launch_image.hpp"
#include "troupe/transports/guard/protocol.hpp"

namespace troupe::guard {

struct server_pipes {
  int in = -1;
  int out = -1;
  int err = -1;
};

/// Written into the pipe by the child when its exec fails.
struct start_fault {
  guard_protocol::start_step step{};
  int32_t error = 0;
};

/// Starts the server. Returns its pid and, in `faults`, the read end of a pipe
/// that ends when the exec has succeeded, and else brings one `start_fault`.
/// Negative: minus the errno.
int32_t spawn_server(const guard_protocol::launch_view& what,
                     const server_pipes& pipes, int& faults);

} // namespace troupe::guard
