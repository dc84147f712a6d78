#pragma once

#include "troupe/messages/json/json.hpp"

/// Optional members of what a server sent. One of the wrong kind counts as
/// absent: a server's slip there must not cost its user a tool or a result.
namespace troupe::members {

inline std::string text_at(const json& x, std::string_view key) {
  auto member = x.find(key);
  return member ? member->as_string().value_or("") : "";
}

inline bool flag_at(const json& x, std::string_view key, bool otherwise) {
  auto member = x.find(key);
  return member ? member->as_bool().value_or(otherwise) : otherwise;
}

/// Whether a value may stand where an object may be left out.
inline bool is_optional_object(const json& x) {
  return x.is_null() || x.is_object();
}

/// Null where it is absent or no object.
inline json object_at(const json& x, std::string_view key) {
  auto member = x.find(key);
  return member && member->is_object() ? *member : json{};
}

/// Empty where it is absent or no array.
inline std::vector<json> items_at(const json& x, std::string_view key) {
  auto member = x.find(key);
  return member ? member->items() : std::vector<json>{};
}

} // namespace troupe::members
