#pragma once

#include "troupe/messages/server_spec.hpp"
#include "troupe/transports/http/pool.hpp"
#include "troupe/transports/http/wire.hpp"

namespace troupe {

/// How the server at `to` is reached: by which proxy, with which TLS. An errc
/// other than `none` where that cannot be.
net_fault find_route(http_pool& pool, const tls_options& tls,
                     const http_url& to, http_route& route);

/// Connections with equal keys lead to the same server in the same way.
std::string key_of(const http_route& route);

/// Adapts a request to this route: a proxy is sent the whole URL.
void send_by(const http_route& route, http_request& request);

/// The fields of a request, in this order: those of the spec, ours, the
/// session's, and those that `more` adds. The later ones win.
http_fields make_http_fields(const server_spec& spec, const http_url& to,
                             const std::string& authorization,
                             const std::string& session,
                             const http_fields& more);

} // namespace troupe
