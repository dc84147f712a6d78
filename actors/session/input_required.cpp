#include "troupe/actors/session/input_required.hpp"

#include "troupe/messages/defaults.hpp"
#include "troupe/messages/elicitation.hpp"
#include "troupe/messages/json/members.hpp"

namespace troupe {

namespace {

parsed_input_required refused(std::string error) {
  return {{}, "the server asks for input, but " + std::move(error)};
}

} // namespace

bool is_input_required(const json& result) {
  auto type = result.find("resultType");
  return type && type->as_string() == "input_required";
}

parsed_input_required parse_input_required(const json& result,
                                           const client_capabilities& can) {
  input_required x;
  auto requests = result.find("inputRequests");
  if (requests && !requests->is_null() && !requests->is_object())
    return refused("its inputRequests are not an object");
  x.asks = requests && requests->is_object();
  if (auto state = result.find("requestState"); state && !state->is_null())
    x.state = *state;
  if (!x.state.is_null() && !x.state.is_string())
    return refused("its requestState is not a string");
  if (!x.asks && x.state.is_null())
    return refused("names neither requests nor a state");
  if (!x.asks)
    return {std::move(x), {}};
  for (const auto& [key, request] : requests->members()) {
    auto method = members::text_at(request, "method");
    auto what = wanted_by(method);
    auto params = members::object_at(request, "params");
    if (!what || !declares(can, *what, params))
      return refused("this client did not offer what it needs: " + method);
    if (x.wanted.size() == defaults::server_requests_max)
      return refused("makes more than "
                     + std::to_string(defaults::server_requests_max)
                     + " requests at once");
    x.wanted.push_back({key, *what, std::move(params)});
  }
  return {std::move(x), {}};
}

std::optional<server_request::kind> wanted_by(std::string_view method) {
  using kind = server_request::kind;
  if (method == "elicitation/create")
    return kind::elicitation;
  if (method == "sampling/createMessage")
    return kind::sampling;
  if (method == "roots/list")
    return kind::roots;
  return std::nullopt;
}

bool declares(const client_capabilities& can, server_request::kind what,
              const json& params) {
  switch (what) {
    case server_request::kind::elicitation:
      return is_url_elicitation(params) ? can.elicitation_url : can.elicitation;
    case server_request::kind::sampling: return can.sampling;
    case server_request::kind::roots: return can.roots;
  }
  return false;
}

} // namespace troupe
