#pragma once

#include "troupe/tools/troupe/control_protocol.hpp"

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

/// What is told while an answer is awaited.
struct while_waiting {
  /// Once, if nothing comes at once.
  std::function<void()> on_wait = [] {};
  std::function<void(const call_progress&)> on_progress =
    [](const call_progress&) {};
};

/// Asks the program that listens there, and waits at most `patience_for` the
/// request.
exchange ask_running(const std::string& socket, const control_request& x,
                     const while_waiting& told = {});

/// Those of the sockets on which a program listens.
std::vector<std::string> running_among(const std::vector<std::string>& sockets);

} // namespace troupe::cli
