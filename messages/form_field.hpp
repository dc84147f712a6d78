#pragma once

#include "troupe/messages/json/json.hpp"

#include <string>

namespace troupe {

/// Says why `value` is none that a form's field of this schema takes (schema:
/// PrimitiveSchemaDefinition); empty: it is one. What a schema says beyond the
/// kinds that MCP names is not looked at.
std::string field_fault(const json& schema, const json& value);

} // namespace troupe
