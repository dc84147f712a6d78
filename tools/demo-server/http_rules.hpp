#pragma once

#include "troupe/tools/demo-server/http_request.hpp"
#include "troupe/tools/demo-server/tool_list.hpp"

#include "troupe/messages/json/rpc.hpp"

namespace troupe::demo {

/// What is wrong with the headers of a modern request (MCP 2026-07-28,
/// Streamable HTTP, "Server Validation"); empty where they say the same as the
/// body. `version`: what the body says. Pure.
std::string header_mismatch(const http_request& head,
                            const json_rpc::request& body,
                            const std::string& version, const tool_list& tools);

/// Decodes `=?base64?...?=`; what is not of this form stays as it is. Nothing
/// where the form is wrong inside, or a character is not allowed in a header.
std::optional<std::string> decoded_header(std::string_view value);

/// Whether a list like that of `Accept` names the type.
bool names_type(const std::string* header, std::string_view type);

/// Whether a request comes from this machine, by its Host and Origin: else a
/// web site may be behind it (DNS rebinding).
bool is_local(const http_request& x);

} // namespace troupe::demo
