#pragma once

#include "troupe/messages/failure.hpp"
#include "troupe/messages/server_spec.hpp"

#include <string>

namespace troupe::cli {

/// What was seen of a server before it failed.
struct signs {
  bool was_ready = false; ///< it answered the handshake
  bool spoke = false;     ///< it sent something, if not an answer
  bool flooded = false;   ///< it sent too much unsolicited
};

/// What a user can do about a server that does not come up: a sentence or two.
/// Shows no value of the specification but the command.
std::string advice_for(const failure& why, const server_spec& spec,
                       const signs& seen = {});

} // namespace troupe::cli
