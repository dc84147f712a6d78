#pragma once

#include "troupe/messages/defaults.hpp"
#include "troupe/transports/http/channel.hpp"
#include "troupe/transports/io/interrupter.hpp"

#include <chrono>
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

/// Finds addresses of a name; may block without bound. Returns none, and says
/// why, where it fails.
using name_lookup =
  std::function<net_addresses(const std::string& host, std::string& fault)>;

/// Asks the system (`getaddrinfo`).
net_addresses look_up_name(const std::string& host, std::string& fault);

/// From names to addresses. The system's lookup cannot be interrupted: so it
/// runs on a thread of its own, which is abandoned where no caller waits for it
/// any more. Callers that ask for the same name share one lookup, and its
/// answer is cached for a while. At most `defaults::http_lookups_max` names are
/// looked up at a time; others are queued. Thread-safe.
class http_resolver {
public:
  /// `keep`: how long an answer is cached. Failures are not.
  explicit http_resolver(
    name_lookup lookup = look_up_name,
    std::chrono::milliseconds keep = defaults::http_name_time);

  /// All addresses of `host`, with `port`. Numbers and loopback names are not
  /// looked up. Fails in time, and at once where it is interrupted.
  net_fault resolve(const std::string& host, uint16_t port,
                    http_channel::clock::time_point until, interrupter& end,
                    net_addresses& to);

  /// No address could be reached: the next call looks the name up again.
  void forget(const std::string& host);

  /// Callers that wait for an answer now.
  size_t waiting() const;

private:
  struct desk;

  net_fault look_up(const std::string& host,
                    http_channel::clock::time_point until, interrupter& end,
                    net_addresses& to);

  std::shared_ptr<desk> desk_; // shared with the threads
};

/// The addresses of "localhost", or of a number; none for any other name.
net_addresses known_addresses(const std::string& host);

} // namespace troupe
