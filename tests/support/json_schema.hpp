#pragma once

#include "troupe/messages/json/json.hpp"

#include <string>

namespace troupe::test {

/// Checks values against the definitions of a JSON Schema: the keywords that
/// MCP's schema uses. Throws where the schema itself has others.
class json_schema {
public:
  /// Reads a file of `$defs`.
  explicit json_schema(const std::string& path);

  /// Why `value` does not fit that definition, and where; empty: it fits.
  std::string fault(std::string_view definition, const json& value) const;

private:
  std::string judge(const json& schema, const json& value,
                    const std::string& place) const;
  std::string judge(const std::string& keyword, const json& by,
                    const json& schema, const json& value,
                    const std::string& place) const;
  std::string judge_members(const json& properties, const json& others,
                            const json& value, const std::string& place) const;

  json definitions_;
};

} // namespace troupe::test
