#pragma once

#include "troupe/tools/troupe/control_protocol.hpp"

#include <functional>
#include <string>
#include <vector>

namespace troupe::cli {

/// The result of a request to a running program.
struct exchange {
  bool is_running = false;
  outcome value;     ///< where `error` is empty
  std::string error; ///< a sentence
};

/// Callbacks while an answer is awaited.
struct while_waiting {
  /// Once, if the answer takes a while.
  std::function<void()> on_wait = [] {};
  std::function<void(const call_progress&)> on_progress =
    [](const call_progress&) {};
};

/// Sends a request to the program that listens there, and waits at most
/// `patience_for` the request.
exchange ask_running(const std::string& socket, const control_request& x,
                     const while_waiting& told = {});

/// Those sockets on which a program listens.
std::vector<std::string> running_among(const std::vector<std::string>& sockets);

} // namespace troupe::cli
