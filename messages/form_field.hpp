#pragma once

#include "troupe/messages/json/json.hpp"

#include <string>

namespace troupe {

/// Says why `value` does not fit a form's field of this schema (schema:
/// PrimitiveSchemaDefinition); empty: it fits. Keywords beyond those that MCP
/// names are ignored.
std::string field_fault(const json& schema, const json& value);

} // namespace troupe
