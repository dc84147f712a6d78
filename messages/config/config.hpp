#pragma once

#include "troupe/messages/failure.hpp"
#include "troupe/messages/server_spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The configuration file (docs/configuration.md). Reading it starts nothing
/// and looks at nothing but the text; variables are resolved at each start.
namespace troupe {

/// What is wrong, and where.
struct config_problem {
  std::string file;
  std::string server; ///< Its key; empty where it concerns no server.
  std::string field;  ///< The path within the server: `args[1]`; may be empty.
  std::string text;   ///< A sentence. Never shows a value that may be secret.
  /// It concerns the whole file, not one server.
  bool whole_file = false;
};

/// In one line: file, server, field, sentence. Names in it are not escaped.
std::string to_string(const config_problem& x);

struct loaded_config {
  /// In the order of the file, each valid. Disabled ones are among them.
  std::vector<server_spec> servers;
  /// Each stands for a server that is left out, or for the whole file.
  std::vector<config_problem> errors;
  /// Fields that were ignored: unknown, or not supported yet.
  std::vector<config_problem> warnings;
};

/// Reads a configuration, JSON that may have comments and trailing commas:
/// `{"mcpServers": {...}}`, `{"servers": {...}}`, both also within
/// `{"mcp": ...}`, or the bare map from names to servers. A bad server never
/// hides another.
loaded_config parse_config(std::string text, std::string_view file);

/// Why the specification cannot be used (`invalid_spec`), if so.
std::optional<failure> validate(const server_spec& x);

} // namespace troupe
