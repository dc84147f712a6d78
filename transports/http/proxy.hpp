#pragma once

#include "troupe/messages/config/variables.hpp"
#include "troupe/transports/http/url.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// A proxy between us and a server.
struct http_proxy {
  std::string host;
  uint16_t port = 0;
  std::string credentials; ///< the value of `Proxy-Authorization`, or empty

  friend bool operator==(const http_proxy&, const http_proxy&) = default;
};

/// The proxy that the environment names: `http_proxy` or `https_proxy` by the
/// scheme, else `all_proxy`, each also in capitals, unless `no_proxy` names the
/// host: `x.example`, `.x.example` and `*.x.example` (each with all below it),
/// an address, all these with a `:port` or without, a range of addresses
/// (`10.0.0.0/8`), or `*` for all. An empty variable counts as not set. Nothing
/// where there is none; `fault` says why one cannot be used. Servers on this
/// machine are never reached by a proxy. Pure.
std::optional<http_proxy> find_http_proxy(const http_url& to,
                                          const variable_lookup& variables,
                                          std::string& fault);

} // namespace troupe
