#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

/// Shared by the floors. Any failure ends the program.
namespace troupe::bench {

/// Prints what failed, with the text of errno, and exits.
[[noreturn]] void die(const char* what);

/// A program at the end of two pipes, and nothing else.
class raw_process {
public:
  explicit raw_process(std::vector<std::string> argv);
  /// Hangs up and waits for its end.
  ~raw_process();
  raw_process(const raw_process&) = delete;
  raw_process& operator=(const raw_process&) = delete;

  /// Closes both pipes, by which it ends.
  void hang_up();

  int in = -1;
  int out = -1;

private:
  pid_t pid_ = 0;
};

} // namespace troupe::bench
