#pragma once

#include "troupe/messages/json/json.hpp"

/// What `json::parse` found, shared by all values taken out of one text.
/// Internal to `json`.
namespace troupe {

/// A member's place in the text.
struct json_place {
  static constexpr uint32_t unknown = UINT32_MAX;

  uint32_t key = 0; ///< behind the opening quote
  uint32_t key_size = 0;
  uint32_t begin = 0;
  uint32_t end = 0;
  /// How many of the following places are this value's own members, or
  /// `unknown`: then they have to be looked for in the text.
  uint32_t inner = unknown;
};

struct json::document {
  std::string text;
  json_place root; ///< `inner` counts the root's members
  /// The root's members, each followed by its own where those are known.
  std::vector<json_place> places;

  std::string_view key_of(const json_place& x) const {
    return std::string_view{text}.substr(x.key, x.key_size);
  }

  /// The place of the root or of one of its members that begins there, if
  /// known.
  const json_place* place_at(uint32_t begin) const;

  /// The member with this key of a value whose members are known, or null.
  const json_place* member(const json_place& of, std::string_view key) const;
};

} // namespace troupe
