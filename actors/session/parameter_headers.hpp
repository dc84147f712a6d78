#pragma once

#include "troupe/messages/json/json.hpp"

#include <string>
#include <utility>
#include <vector>

/// Arguments of a tool that travel as HTTP headers as well, where its schema
/// says so by `x-mcp-header` (MCP 2026-07-28, "Custom Headers from Tool
/// Parameters").
namespace troupe {

/// Says what is wrong with such an annotation; a tool with a fault must not be
/// offered over HTTP. Empty: all are good, or there are none.
std::string header_fault(const json& input_schema);

/// Whether a call of the tool may need such headers.
bool has_parameter_headers(const json& input_schema);

/// `Mcp-Param-...` and their values, for one call. `arguments` may be null.
std::vector<std::pair<std::string, std::string>>
parameter_headers(const json& input_schema, const json& arguments);

} // namespace troupe
