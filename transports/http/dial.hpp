#pragma once

#include "troupe/transports/http/proxy.hpp"
#include "troupe/transports/http/resolver.hpp"
#include "troupe/transports/http/tls_context.hpp"

#include <memory>
#include <optional>

namespace troupe {

/// How a server is reached.
struct http_route {
  http_url to;
  std::optional<http_proxy> proxy;
  tls_context_ptr tls; ///< for https alone
};

/// How soon the kernel notices that the other end is gone (tcp(7)).
struct tcp_patience {
  std::chrono::seconds keepalive_after = defaults::tcp_keepalive_after;
  std::chrono::seconds keepalive_every = defaults::tcp_keepalive_every;
  int keepalive_probes = defaults::tcp_keepalive_probes;
  std::chrono::milliseconds unacknowledged = defaults::tcp_unacknowledged;
};

/// Connects: resolves, tries each address, agrees with the proxy and on TLS,
/// all before `until`. Null, and why in `fault`, where it fails. `end`
/// interrupts any step that blocks.
std::unique_ptr<http_channel> dial(const http_route& route,
                                   http_resolver& names,
                                   const tcp_patience& patience,
                                   http_channel::clock::time_point until,
                                   interrupter& end, net_fault& fault);

} // namespace troupe
