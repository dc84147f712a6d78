#pragma once

#include "actors/supervisor.hpp"

#include "transports/said_once.hpp"

#include <map>
#include <memory>
#include <string>

namespace troupe {

class io_thread;
class pipe_server;
class warden;

/// Makes the transports of all kinds, and owns what they share: the I/O thread
/// and the warden. Thread-safe.
class transport_kinds : public std::enable_shared_from_this<transport_kinds> {
public:
  using pipe_map = std::map<std::string, std::shared_ptr<pipe_server>>;

  /// `warden`: see `find_warden`.
  transport_kinds(const std::string& warden, pipe_map pipes);
  ~transport_kinds();

  /// Null where there is no such kind.
  transport_ptr make(const server_spec& spec);

  /// As it is now; 0 while none runs.
  int32_t warden_pid() const;
  uint64_t warden_restarts() const;

private:
  transport_ptr make_stdio(const server_spec& spec);

  std::shared_ptr<io_thread> io_;
  std::string no_warden_; // why none was found
  std::string program_;
  pipe_map pipes_;
  said_once warned_;               // used on the I/O thread
  std::unique_ptr<warden> warden_; // used on the I/O thread, and ends there
};

} // namespace troupe
