#pragma once

#include "troupe/transports/stdio/transport.hpp"

namespace troupe {

/// What the stdio servers of a test share: the thread of their pipes and the
/// warden of their processes. Thread-safe.
///
/// Both live as long as the host or one of its transports. Close the transports
/// first: a server that still runs then is stopped by its shim, unseen.
class stdio_host {
public:
  /// `warden_path`: see `find_warden`. The warden starts with the first server.
  stdio_host(std::string warden_path, process_preparer prepare);

  transport_ptr make_transport(const server_spec& spec) const;

  /// 0 while it is not running.
  int32_t warden_pid() const;
  uint64_t warden_restarts() const;

  const std::shared_ptr<io_thread>& io() const {
    return io_;
  }

private:
  class seat;
  std::shared_ptr<io_thread> io_;
  std::shared_ptr<seat> seat_;
  process_preparer prepare_;
};

} // namespace troupe
