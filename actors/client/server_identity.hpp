#pragma once

#include "troupe/messages/server_spec.hpp"

namespace troupe {

/// Whether two specs name the same server: what it is started or reached with
/// is the same. Credentials count, as a server may offer more to one user than
/// to another. How we treat it (limits, times, policies), and how it is called
/// and described, does not.
inline bool is_same_server(const server_spec& x, const server_spec& y) {
  return x.transport == y.transport && x.command == y.command
         && x.args == y.args && x.env == y.env && x.env_inherit == y.env_inherit
         && x.cwd == y.cwd && x.allow_setuid == y.allow_setuid && x.url == y.url
         && x.headers == y.headers && x.tls == y.tls;
}

} // namespace troupe
