#include "troupe/tests/support/json_schema.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

namespace troupe::test {

namespace {

bool is_of_type(const json& x, const std::string& type) {
  if (type == "integer")
    return x.as_integer().has_value();
  if (type == "number")
    return x.type() == json::kind::number;
  if (type == "string")
    return x.is_string();
  if (type == "boolean")
    return x.as_bool().has_value();
  if (type == "object")
    return x.is_object();
  if (type == "array")
    return x.is_array();
  return type == "null" && x.is_null();
}

bool is_of_any(const json& x, const json& types) {
  if (auto one = types.as_string())
    return is_of_type(x, *one);
  auto all = types.items();
  return std::any_of(all.begin(), all.end(), [&](const json& type) {
    return is_of_type(x, type.as_string().value_or(""));
  });
}

bool is_among(const json& x, const std::vector<json>& all) {
  return std::any_of(all.begin(), all.end(),
                     [&](const json& y) { return x.text() == y.text(); });
}

/// What a text says, not how it is written.
bool is_without_meaning(const std::string& keyword) {
  static const std::set<std::string> names{"format", "description", "title",
                                           "default"};
  return names.count(keyword) > 0;
}

json read(const std::string& path) {
  std::ifstream in{path};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto parsed = json::parse(std::move(text));
  if (!parsed.ok())
    throw std::runtime_error(path + ": " + parsed.error.text());
  return parsed.value;
}

} // namespace

json_schema::json_schema(const std::string& path)
  : definitions_(read(path).find("$defs").value()) {
  // nop
}

std::string json_schema::fault(std::string_view definition,
                               const json& value) const {
  return judge(definitions_.find(definition).value(), value, "it");
}

std::string json_schema::judge(const json& schema, const json& value,
                               const std::string& place) const {
  for (const auto& [keyword, by] : schema.members())
    if (auto text = judge(keyword, by, schema, value, place); !text.empty())
      return text;
  return {};
}

std::string json_schema::judge(const std::string& keyword, const json& by,
                               const json& schema, const json& value,
                               const std::string& place) const {
  auto unless = [&](bool fits) {
    return fits ? ""
                : place + " does not fit " + keyword + " "
                    + std::string{by.text()};
  };
  if (is_without_meaning(keyword))
    return {};
  if (keyword == "$ref") {
    auto path = by.as_string().value();
    return judge(definitions_.find(path.substr(path.rfind('/') + 1)).value(),
                 value, place);
  }
  if (keyword == "type")
    return unless(is_of_any(value, by));
  if (keyword == "const")
    return unless(is_among(value, {by}));
  if (keyword == "enum")
    return unless(is_among(value, by.items()));
  if (keyword == "minimum" || keyword == "maximum") {
    auto x = value.as_double(), limit = by.as_double();
    return unless(!x || (keyword == "minimum" ? *x >= *limit : *x <= *limit));
  }
  if (keyword == "anyOf") {
    auto all = by.items();
    return unless(std::any_of(all.begin(), all.end(), [&](const json& x) {
      return judge(x, value, place).empty();
    }));
  }
  if (keyword == "required") {
    auto all = by.items();
    return unless(!value.is_object()
                  || std::all_of(all.begin(), all.end(), [&](auto& x) {
                       return value.find(*x.as_string()).has_value();
                     }));
  }
  if (keyword == "items") {
    for (const auto& x : value.items())
      if (auto text = judge(by, x, place + "[]"); !text.empty())
        return text;
    return {};
  }
  if (keyword == "properties" || keyword == "additionalProperties")
    return judge_members(schema.find("properties").value_or(json{}),
                         schema.find("additionalProperties").value_or(json{}),
                         value, place);
  throw std::runtime_error("the schema has an unknown keyword: " + keyword);
}

std::string json_schema::judge_members(const json& properties,
                                       const json& others, const json& value,
                                       const std::string& place) const {
  for (const auto& [key, x] : value.members()) {
    auto at = place + "." + key;
    auto known = properties.find(key);
    if (!known && others.as_bool() == false)
      return at + " is not declared";
    if (auto text = judge(known.value_or(others), x, at); !text.empty())
      return text;
  }
  return {};
}

} // namespace troupe::test
