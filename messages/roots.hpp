#pragma once

#include "troupe/messages/json/json.hpp"

#include <string>
#include <vector>

/// Roots: the folders and files that a server is meant to work on.
namespace troupe {

/// (schema: Root)
struct root {
  /// A `file://` URI: MCP knows no other yet.
  std::string uri;
  std::string name; ///< For people; may be empty.
  json meta;        ///< `_meta`; null or an object.
};

/// What a handler answers to `roots/list` (schema: ListRootsResult).
struct list_roots_result {
  std::vector<root> roots;
  json meta; ///< `_meta`; null or an object.
};

/// Why it cannot be sent, to be read behind what it is: "has a root (0) whose
/// uri is no file:// URI". Empty: it can.
std::string fault_of(const list_roots_result& x);

/// The result as MCP's schema has it, of one without a fault.
json to_json(const list_roots_result& x);

} // namespace troupe
