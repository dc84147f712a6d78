#pragma once

#include "troupe/tools/demo-server/http_options.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace troupe::demo {

using std::chrono::milliseconds;

/// What the server offers and how it misbehaves. Without options it is an
/// honest server of both dialects. `demo-server --help` says what each does.
struct options {
  // -- what it offers

  std::string era = "both"; ///< both, legacy or modern
  std::string version;      ///< the only one it takes; empty: all it knows
  uint32_t tools = 0;       ///< plain tools besides its own
  uint32_t page = 0;        ///< tools on a page; 0: all on one
  std::string ledger;       ///< a file; empty: none

  // -- processes

  bool ignore_eof = false;
  bool ignore_term = false;
  bool daemonize = false;
  bool setsid_child = false;
  std::string pid_file;

  // -- handshake

  bool mute = false;
  bool mute_initialize = false;
  bool silent_on_probe = false;
  bool exit_on_probe = false;
  bool lock_era = false;
  milliseconds late_probe{0};
  milliseconds slow_start{0};
  bool unknown_requests = false;

  // -- deaths

  uint64_t die_on_call = 0;
  std::optional<milliseconds> die_after;
  std::optional<milliseconds> flap;
  std::optional<int> exit_status;

  // -- bytes

  bool garbage = false;
  bool banner = false;
  bool invalid_utf8 = false;
  bool endless_line = false;
  uint64_t long_line = 0;
  uint64_t stderr_flood = 0;
  uint64_t flood = 0; ///< bytes of notifications a second
  bool stop_reading = false;
  bool close_stdout = false;

  // -- answers

  bool wrong_ids = false;
  bool duplicate_answers = false;
  bool string_ids = false;
  bool progress_for_ever = false;
  bool cursor_loop = false;
  bool empty_cursor = false;
  bool bad_tool = false;

  // -- over HTTP

  http_options http;
};

/// What the command line says: options, or the status to exit with at once
/// (help, or a mistake; the text has been printed).
struct command_line {
  options value;
  std::optional<int> exit_now;
};

command_line read_command_line(int argc, char** argv);

} // namespace troupe::demo
