#pragma once

#include "troupe/messages/shared_spec.hpp"
#include "troupe/transports/guard/warden.hpp"
#include "troupe/transports/io/thread.hpp"
#include "troupe/transports/transport.hpp"

namespace troupe {

/// Starts a guarded process; called on the I/O thread. As `warden::spawn`.
using process_spawner = std::function<std::unique_ptr<guarded_process>(
  process_request, guarded_process::events)>;

/// Turns a spec into a request to start it; called on the I/O thread at the
/// start. `failed.why` says that it cannot be started.
using process_preparer =
  std::function<process_request(const server_spec&, stop_report& failed)>;

/// A server that is a child process: frames are lines on its stdin and stdout.
///
/// - Its stderr is always read; its last lines are in the report of a failure.
/// - A line beyond the limit, a message that the server does not take within
///   `timeouts.write`, the end of its output, or its death is a fault.
/// - `on_down` comes when its guard has proved that nothing is left, and at the
///   latest some seconds after the stop ladder should have ended.
transport_ptr make_stdio_transport(std::shared_ptr<io_thread> io,
                                   process_preparer prepare,
                                   process_spawner spawn,
                                   const shared_spec& spec);

} // namespace troupe
