#pragma once

#include "troupe/messages/defaults.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe::cli {

using std::chrono::milliseconds;

enum class command { run, list, tools, call, reload, close, status, doctor };

std::string_view to_string(command x);

/// Empty: there is no such command.
std::optional<command> command_named(std::string_view name);

/// What the command line asks for.
struct options {
  command what = command::run;
  std::string config; ///< the file; empty: none was named
  std::string socket; ///< empty: by the configuration's path
  std::string server; ///< empty: all of them, where that is possible
  std::string tool;
  std::string arguments = "{}"; ///< JSON; "-" means stdin
  milliseconds timeout{0};      ///< of a call; 0: the server's own
  milliseconds drain{0};        ///< how long calls may finish before a close
  uint32_t live_max =
    defaults::live_servers_max; ///< servers that run at a time
  bool json = false;
  bool verbose = false;
};

/// Options, or the exit status (help, or a mistake) and what to print before
/// that, safe for a terminal.
struct command_line {
  options value;
  std::optional<int> exit_now;
  std::string out;
  std::string error;
};

command_line read_command_line(int argc, const char* const* argv);

} // namespace troupe::cli
