#pragma once

namespace troupe::cli {

/// What the program's exit status says. `troupe --help` lists them.
struct exit_status {
  static constexpr int ok = 0;
  /// It was tried and did not succeed.
  static constexpr int failed = 1;
  /// The command line or the configuration cannot be used.
  static constexpr int usage = 2;
  static constexpr int not_running = 3;
  static constexpr int already_running = 4;
  /// Ended by a signal: 128 and its number, as shells have it.
  static constexpr int ended_by(int signal) {
    return 128 + signal;
  }
};

} // namespace troupe::cli
