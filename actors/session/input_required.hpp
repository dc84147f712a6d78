#pragma once

#include "troupe/messages/json/json.hpp"
#include "troupe/messages/server_requests.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// One input that a server asks for before it answers.
struct wanted_input {
  std::string key; ///< The server's name for it.
  server_request::kind what = server_request::kind::elicitation;
  json params; ///< Null where absent.
};

/// (schema: InputRequiredResult)
struct input_required {
  std::vector<wanted_input> wanted;
  bool asks = false; ///< `inputRequests` was there, empty or not.
  json state;        ///< `requestState` as it came; null where absent.
};

/// Fails with a sentence: what breaks the protocol, or what the client has
/// not declared.
struct parsed_input_required {
  input_required value;
  std::string error;
};

/// Whether a result is one of this kind.
bool is_input_required(const json& result);

parsed_input_required parse_input_required(const json& result,
                                           const client_capabilities& can);

/// The kind of a server's request; empty: another one.
std::optional<server_request::kind> wanted_by(std::string_view method);

/// Whether the client has declared that it answers such a request.
bool declares(const client_capabilities& can, server_request::kind what,
              const json& params);

} // namespace troupe
