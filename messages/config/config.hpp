#pragma once

#include "troupe/messages/config/redactor.hpp"
#include "troupe/messages/failure.hpp"
#include "troupe/messages/server_spec.hpp"

#include <functional>
#include <optional>

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

/// The value of a variable; empty where it is not set.
using variable_lookup =
  std::function<std::optional<std::string>(std::string_view name)>;

/// The value in this process' environment.
std::optional<std::string> variable_of_host(std::string_view name);

/// The specification with `${NAME}`, `${NAME:-otherwise}` and `${env:NAME}`
/// replaced in command, args, env, cwd, url and headers. Values are not
/// searched for variables again. Fails with `invalid_spec` where a variable is
/// not set and has no default, or where the outcome is not valid; names server,
/// field and variable. `hidden` learns each variable's value, to be shown as
/// `${NAME}`, and secrets that stand in the specification itself (see
/// `hidden_literals.hpp`); it keeps what it has learnt where `resolve` fails.
answer<server_spec> resolve(const server_spec& x, const variable_lookup& lookup,
                            hidden_values& hidden);
answer<server_spec> resolve(const server_spec& x,
                            const variable_lookup& lookup);

} // namespace troupe
