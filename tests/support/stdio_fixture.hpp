#pragma once

#include "troupe/tests/support/stdio_host.hpp"
#include "troupe/tests/support/transport_log.hpp"

namespace troupe {

/// A transport to a misbehaving child (`stdio_peer`), and what it told.
struct running_peer {
  transport_ptr transport;
  std::shared_ptr<transport_log> log;
};

/// Runs children under the real warden.
class stdio_fixture {
public:
  stdio_fixture();

  /// A spec that runs `stdio_peer` in that mode, with short graces.
  server_spec spec(std::string mode, size_t number = 0) const;
  running_peer start(const server_spec& spec);
  running_peer start(std::string mode, size_t number = 0);
  /// Runs `f` on the I/O thread, and waits for it.
  void on_io(std::function<void()> f);

  stdio_host host;
};

/// A request for what the spec names, by its path.
process_request prepare_as_told(const server_spec& spec, stop_report& failed);

/// The number of this process's open descriptors.
size_t open_fds();
/// The bytes that the heap has handed out.
size_t heap_bytes();

} // namespace troupe
