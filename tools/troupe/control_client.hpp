#pragma once

#include "tools/troupe/control_protocol.hpp"

#include <functional>
#include <string>
#include <vector>

namespace troupe::cli {

/// What became of a question to a running program.
struct exchange {
  bool is_running = false;
  outcome value;     ///< where `error` is empty
  std::string error; ///< a sentence
};

/// Asks the program that listens there, and waits at most `patience_for` the
/// request. `on_wait` is called once if the answer does not come at once.
exchange ask_running(const std::string& socket, const control_request& x,
                     const std::function<void()>& on_wait);

/// Those of the sockets on which a program listens.
std::vector<std::string> running_among(const std::vector<std::string>& sockets);

} // namespace troupe::cli
