#pragma once

#include "messages/failure.hpp"
#include "messages/server_spec.hpp"

#include <string>

namespace troupe::cli {

/// What a user can do about a server that does not come up: a sentence or two.
/// Shows no value of the specification but the command.
std::string advice_for(const failure& why, const server_spec& spec);

} // namespace troupe::cli
