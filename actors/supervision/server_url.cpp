#include "troupe/actors/supervision/server_url.hpp"

#include "troupe/messages/config/variables.hpp"

namespace troupe {

std::optional<http_url> resolved_url(const server_spec& spec) {
  auto resolved = resolve(spec, variable_of_host);
  std::string fault;
  return resolved.ok() ? parse_http_url(resolved.value.url, fault)
                       : std::nullopt;
}

} // namespace troupe
