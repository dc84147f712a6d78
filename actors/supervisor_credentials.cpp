#include "actors/supervisor.hpp"

#include "actors/type_ids.hpp"

#include "messages/config.hpp"
#include "transports/http_url.hpp"

/// How a supervisor finds the clients for whose servers there are other
/// credentials.
namespace troupe {

namespace {

/// Empty where it has none.
std::string origin_of(const server_spec& spec) {
  std::string fault;
  auto resolved = resolve(spec, variable_of_host);
  auto url =
    resolved.ok() ? parse_http_url(resolved.value.url, fault) : std::nullopt;
  return url ? url->origin() : "";
}

} // namespace

void supervisor::on_credentials(const credentials_changed& x) {
  for (auto& [name, c] : children_)
    if (c.spec.transport != "stdio" && c.spec.transport != "pipe"
        && origin_of(c.spec) == x.origin)
      tell(this, c.client, x);
}

} // namespace troupe
