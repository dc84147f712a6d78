#pragma once

#include <string>
#include <string_view>

/// Parts of a message that travel as HTTP headers as well (MCP 2026-07-28,
/// "Standard Request Headers").
namespace troupe {

/// A value as it stands in a header: itself where it is visible ASCII without
/// spaces at its edges, else its UTF-8 in Base64 between `=?base64?` and `?=`.
std::string header_value(std::string_view text);

} // namespace troupe
