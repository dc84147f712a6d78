#pragma once

#include "troupe/messages/config/redactor.hpp"
#include "troupe/messages/failure.hpp"
#include "troupe/messages/server_spec.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

/// Variables of the environment, and specifications that refer to them.
namespace troupe {

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
