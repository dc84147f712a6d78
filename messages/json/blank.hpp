#pragma once

#include <string_view>

namespace troupe {

/// Whether a text has nothing but the whitespace of JSON (RFC 8259, section 2).
inline bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

} // namespace troupe
