#pragma once

#include "transports/http_channel.hpp"
#include "transports/interrupter.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace troupe {

struct net_address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
};

using net_addresses = std::vector<net_address>;

/// Finds addresses of a name; blocks for as long as it likes. Returns none, and
/// says why, where it fails.
using name_lookup =
  std::function<net_addresses(const std::string& host, std::string& fault)>;

/// What the system knows (`getaddrinfo`).
net_addresses look_up_name(const std::string& host, std::string& fault);

/// From names to addresses. What the system looks up cannot be interrupted: so
/// it runs on a thread of its own, which is abandoned where nobody waits for it
/// any more. There are at most `defaults::http_lookups_max` of them.
/// Thread-safe.
class http_resolver {
public:
  explicit http_resolver(name_lookup lookup = look_up_name);

  /// All addresses of `host`, with `port`. Numbers and loopback names are not
  /// looked up. Fails in time, and at once where it is interrupted.
  net_fault resolve(const std::string& host, uint16_t port,
                    http_channel::clock::time_point until, interrupter& end,
                    net_addresses& to);

private:
  struct task;

  net_fault look_up(const std::string& host,
                    http_channel::clock::time_point until, interrupter& end,
                    net_addresses& to);

  name_lookup lookup_;
  std::shared_ptr<std::atomic<size_t>> running_;
};

/// The addresses of "localhost", or of a number; none for any other name.
net_addresses known_addresses(const std::string& host);

} // namespace troupe
