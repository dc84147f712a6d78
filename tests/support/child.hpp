#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <sys/types.h>

namespace troupe {

/// A child process of a test, with pipes on its stdin and stdout. Killed and
/// reaped at the end of its scope, in its own group.
class child {
public:
  struct options {
    std::vector<std::string> argv; ///< argv[0] is the path
    std::vector<std::string> env;  ///< added to the test's
    uid_t uid = 0;                 ///< where not 0: run as this user
  };

  explicit child(const options& what);
  child(const child&) = delete;
  ~child();

  pid_t pid() const {
    return pid_;
  }

  /// Writes a line to its stdin.
  void tell(const std::string& line);
  /// The next line of its stdout that starts so, without that start; throws at
  /// its end or after `patience`. Lines before it are dropped.
  std::string expect(const std::string& start,
                     std::chrono::seconds patience = std::chrono::seconds{20});
  void signal(int number);
  /// Waits for its end; the wait status.
  int wait();

private:
  pid_t pid_ = -1;
  int in_ = -1;
  int out_ = -1;
  bool reaped_ = false;
  std::string buffer_;
};

/// Ends this process if it runs longer: no test may hang for ever.
void set_alarm(unsigned seconds);

} // namespace troupe
