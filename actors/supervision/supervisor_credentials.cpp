#include "troupe/actors/supervision/supervisor.hpp"

#include "troupe/actors/supervision/server_url.hpp"
#include "troupe/actors/type_ids.hpp"

/// How a supervisor finds the clients that new credentials may concern.
namespace troupe {

namespace {

/// Empty where it has none.
std::string origin_of(const server_spec& spec) {
  auto url = resolved_url(spec);
  return url ? url->origin() : "";
}

} // namespace

void supervisor::on_credentials(const credentials_changed& x) {
  for (auto& [name, c] : children_)
    if (c.spec->transport != "stdio" && c.spec->transport != "pipe"
        && origin_of(c.spec) == x.origin)
      tell(this, c.client, x);
}

} // namespace troupe
