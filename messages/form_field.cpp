#include "troupe/messages/form_field.hpp"

#include "troupe/messages/json/members.hpp"

#include <algorithm>

namespace troupe {

using namespace members;

namespace {

int64_t count_at(const json& x, std::string_view key, int64_t otherwise) {
  auto member = x.find(key);
  return member ? member->as_integer().value_or(otherwise) : otherwise;
}

/// JSON Schema counts characters, not bytes.
int64_t characters(std::string_view text) {
  auto begins = [](char c) { return (static_cast<uint8_t>(c) & 0xC0) != 0x80; };
  return std::count_if(text.begin(), text.end(), begins);
}

/// `pattern` holds `0` for any digit; a longer text may follow.
bool looks_like(std::string_view text, std::string_view pattern) {
  if (text.size() < pattern.size())
    return false;
  return std::equal(
    pattern.begin(), pattern.end(), text.begin(),
    [](char p, char c) { return p == '0' ? c >= '0' && c <= '9' : p == c; });
}

// Finds the mistakes that people make, without full grammars: the server checks
// again what it depends on.
bool has_format(std::string_view text, std::string_view format) {
  constexpr std::string_view date = "0000-00-00";
  auto inner = [&](char c) {
    auto pos = text.find(c);
    return pos != text.npos && pos > 0 && pos + 1 < text.size();
  };
  if (format == "email")
    return inner('@') && text.find(' ') == text.npos;
  if (format == "uri")
    return inner(':') && text.find(' ') == text.npos;
  if (format == "date")
    return text.size() == date.size() && looks_like(text, date);
  if (format == "date-time")
    return looks_like(text, "0000-00-00T00:00:00")
           || looks_like(text, "0000-00-00t00:00:00");
  return true;
}

// -- choices -----------------------------------------------------------------

/// One of `enum`, or of the `const`s below `titled`.
bool is_choice(const json& schema, std::string_view titled,
               const std::string& text) {
  auto plain = items_at(schema, "enum");
  auto named = items_at(schema, titled);
  if (plain.empty() && named.empty())
    return true;
  return std::any_of(plain.begin(), plain.end(),
                     [&](const json& x) { return x.as_string() == text; })
         || std::any_of(named.begin(), named.end(), [&](const json& x) {
              auto value = x.find("const");
              return value && value->as_string() == text;
            });
}

std::string string_fault(const json& schema, const json& value) {
  auto text = value.as_string();
  if (!text)
    return "is not a string";
  if (!is_choice(schema, "oneOf", *text))
    return "is not one of the choices";
  auto length = characters(*text);
  if (length < count_at(schema, "minLength", 0))
    return "is too short";
  if (length > count_at(schema, "maxLength", INT64_MAX))
    return "is too long";
  auto format = text_at(schema, "format");
  return has_format(*text, format) ? "" : "is not a valid " + format;
}

std::string choices_fault(const json& schema, const json& value) {
  if (!value.is_array())
    return "is not an array";
  auto chosen = value.items();
  auto size = static_cast<int64_t>(chosen.size());
  if (size < count_at(schema, "minItems", 0))
    return "has too few choices";
  if (size > count_at(schema, "maxItems", INT64_MAX))
    return "has too many choices";
  auto item = object_at(schema, "items");
  for (const auto& x : chosen)
    if (auto text = x.as_string(); !text || !is_choice(item, "anyOf", *text))
      return "holds a value that is not one of the choices";
  return {};
}

// -- numbers -----------------------------------------------------------------

std::string number_fault(const json& schema, const json& value, bool whole) {
  auto number = value.as_double();
  if (!number)
    return "is not a number";
  if (whole && !value.as_integer())
    return "is not an integer";
  auto least = schema.find("minimum");
  if (least && *number < least->as_double().value_or(*number))
    return "is too small";
  auto most = schema.find("maximum");
  if (most && *number > most->as_double().value_or(*number))
    return "is too large";
  return {};
}

} // namespace

std::string field_fault(const json& schema, const json& value) {
  auto type = text_at(schema, "type");
  if (type == "string")
    return string_fault(schema, value);
  if (type == "number" || type == "integer")
    return number_fault(schema, value, type == "integer");
  if (type == "boolean")
    return value.as_bool() ? "" : "is not a boolean";
  if (type == "array")
    return choices_fault(schema, value);
  if (value.is_object() || value.is_array())
    return "is not a single value";
  auto text = value.as_string();
  return !text || is_choice(schema, "oneOf", *text)
           ? ""
           : "is not one of the choices";
}

} // namespace troupe
