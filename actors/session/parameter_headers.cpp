#include "troupe/actors/session/parameter_headers.hpp"

#include "troupe/actors/session/tool_headers.hpp"
#include "troupe/messages/header_text.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace troupe {

namespace {

constexpr std::string_view annotation = "x-mcp-header";

template <size_t N>
bool is_one_of(const std::array<std::string_view, N>& all, std::string_view x) {
  return std::find(all.begin(), all.end(), x) != all.end();
}

// -- validation --------------------------------------------------------------

/// Keywords whose members are schemas, named by what they are for.
constexpr std::array<std::string_view, 5> named_schemas{
  "properties", "patternProperties", "$defs", "definitions",
  "dependentSchemas"};

/// Keywords whose value is any JSON: nothing in it is a schema.
constexpr std::array<std::string_view, 4> values{"default", "const", "enum",
                                                 "examples"};

/// Looks through a whole schema; json's limit of depth bounds the recursion.
class annotation_check {
public:
  std::string fault;

  /// `reached`: only `properties` lead here. `property`: it is not the root.
  void look_at(const json& schema, bool reached, bool property) {
    for (const auto& [key, value] : schema.members()) {
      if (!fault.empty())
        return;
      if (key == annotation)
        judge(schema, value, reached && property);
      else if (is_one_of(named_schemas, key))
        look_at_members(value, reached && key == "properties");
      else if (!is_one_of(values, key))
        look_below(value);
    }
  }

private:
  void look_at_members(const json& named, bool reached) {
    for (const auto& [name, schema] : named.members())
      look_at(schema, reached, true);
  }

  void look_below(const json& x) {
    if (x.is_object())
      look_at(x, false, true);
    for (const auto& item : x.items())
      look_below(item);
  }

  void judge(const json& schema, const json& name, bool reached) {
    constexpr std::array<std::string_view, 3> types{"string", "integer",
                                                    "boolean"};
    auto text = name.as_string();
    auto type = schema.find("type");
    auto type_text = type ? type->as_string().value_or("") : "";
    if (!text || !is_token(*text))
      fault = "an x-mcp-header is not the name of a header";
    else if (!reached)
      fault = "the x-mcp-header '" + *text + "' is not on a plain parameter";
    else if (!is_one_of(types, type_text))
      fault = "the x-mcp-header '" + *text
              + "' is on a parameter that is not a string, integer or boolean";
    else if (!seen_.insert(lower_case(*text)).second)
      fault = "the x-mcp-header '" + *text + "' is used twice";
  }

  std::set<std::string> seen_;
};

// -- values ------------------------------------------------------------------

std::optional<std::string> text_of(const json& value) {
  if (auto text = value.as_string())
    return text;
  if (auto flag = value.as_bool())
    return *flag ? "true" : "false";
  if (auto number = value.as_integer())
    return std::to_string(*number);
  return std::nullopt;
}

/// Only a schema without faults comes here: `properties` lead to all
/// annotations.
void gather(const json& schema, const json& arguments,
            std::vector<std::pair<std::string, std::string>>& out) {
  auto properties = schema.find("properties");
  if (!properties || !arguments.is_object())
    return;
  for (const auto& [name, field] : properties->members()) {
    auto value = arguments.find(name);
    if (!value)
      continue;
    auto header = field.find(annotation);
    auto suffix = header ? header->as_string() : std::nullopt;
    auto text = suffix ? text_of(*value) : std::nullopt;
    if (text)
      out.emplace_back("Mcp-Param-" + *suffix, header_value(*text));
    gather(field, *value, out);
  }
}

} // namespace

std::string header_fault(const json& input_schema) {
  if (!has_parameter_headers(input_schema))
    return {};
  annotation_check check;
  check.look_at(input_schema, true, false);
  return check.fault;
}

// Most schemas have none: a search of the text says so without parsing it. One
// whose key is written with escapes is found, too, by its backslashes.
bool has_parameter_headers(const json& input_schema) {
  auto text = input_schema.text();
  return text.find(annotation) != text.npos || text.find("\\u") != text.npos;
}

std::vector<std::pair<std::string, std::string>>
parameter_headers(const json& input_schema, const json& arguments) {
  std::vector<std::pair<std::string, std::string>> result;
  if (has_parameter_headers(input_schema))
    gather(input_schema, arguments, result);
  return result;
}

} // namespace troupe
