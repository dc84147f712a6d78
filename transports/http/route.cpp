#include "troupe/transports/http/route.hpp"

#include "troupe/messages/client_identity.hpp"
#include "troupe/messages/header_text.hpp"

namespace troupe {

net_fault find_route(http_pool& pool, const tls_options& tls,
                     const http_url& to, http_route& route) {
  auto fault = std::string{};
  route.to = to;
  route.proxy = find_http_proxy(to, pool.variables(), fault);
  if (fault.empty() && to.secure)
    route.tls = pool.tls(tls, fault);
  if (fault.empty())
    return {};
  return {errc::invalid_spec, std::move(fault)};
}

std::string key_of(const http_route& route) {
  auto result = route.to.origin();
  if (route.proxy)
    result += " by " + route.proxy->host + ':'
              + std::to_string(route.proxy->port) + ' '
              + route.proxy->credentials;
  if (route.tls)
    result += " tls " + std::to_string(route.tls->number());
  return result;
}

void send_by(const http_route& route, http_request& request) {
  if (!route.proxy || route.to.secure)
    return;
  request.target = route.to.origin() + request.target;
  if (!route.proxy->credentials.empty())
    request.fields.emplace_back("Proxy-Authorization",
                                route.proxy->credentials);
}

/// Sets a field, and removes others of that name.
static void set(http_fields& to, std::string name, std::string value) {
  std::erase_if(to, [&](auto& x) { return same_letters(x.first, name); });
  to.emplace_back(std::move(name), std::move(value));
}

http_fields make_http_fields(const server_spec& spec, const http_url& to,
                             const std::string& authorization,
                             const std::string& session,
                             const http_fields& more) {
  auto result =
    http_fields{{"User-Agent", "troupe/" + std::string{library_version()}}};
  for (auto& [name, value] : spec.headers)
    set(result, name, value.reveal());
  set(result, "Host", to.authority());
  // A compressed body could be a thousand times as large as it looks.
  set(result, "Accept-Encoding", "identity");
  if (!authorization.empty())
    set(result, "Authorization", authorization);
  if (!session.empty())
    set(result, "Mcp-Session-Id", session);
  for (auto& [name, value] : more)
    set(result, name, value);
  return result;
}

} // namespace troupe
