#pragma once

#include "troupe/messages/json/rpc.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::test {

/// A server program on three pipes, driven line by line from the test's own
/// thread. Every wait is bounded by `patience` and throws when that is over.
/// Dropping it kills the program and reaps it.
class child_server {
public:
  /// `argv[0]` is the program's path.
  explicit child_server(std::vector<std::string> argv);
  ~child_server();
  child_server(const child_server&) = delete;
  child_server& operator=(const child_server&) = delete;

  int pid() const;

  // -- to its stdin

  /// Throws if the pipe takes nothing more in time.
  void send(std::string_view line);

  /// Writes the line again and again until the pipe stays full, or it took so
  /// many bytes; says how many it took.
  size_t fill(std::string_view line, size_t at_most);

  void close_stdin();

  // -- from its stdout

  /// The next line; nothing at the end.
  std::optional<std::string> line();

  /// Whether there is nothing to read for so long. The one wait that a test of
  /// silence cannot avoid: keep it short.
  bool silent_for(std::chrono::milliseconds time);

  /// What stands in the pipe without a line's end, up to so many bytes.
  size_t read_bytes(size_t at_most);

  // -- requests

  /// Sends a request under the next id; `params` is JSON text. Returns the id.
  int64_t ask(std::string_view method, std::string_view params);

  /// Reads until the answer to that id; other lines are kept in `passed`.
  json_rpc::message answer(int64_t id);

  /// The result of a request, or null where it was refused.
  json result(std::string_view method, std::string_view params = "{}");

  /// The code with which a request is refused; 0 where it is not.
  int64_t refusal(std::string_view method, std::string_view params = "{}");

  /// The legacy handshake. Returns the version in force.
  std::string initialize(std::string_view version = "2025-11-25");

  /// Lines that stood before an answer that was waited for.
  std::vector<std::string> passed;

  // -- its end

  /// Reads stderr until `text` has been seen.
  void await_stderr(std::string_view text);

  /// Reads so many bytes of stderr.
  void drain_stderr(size_t bytes);

  /// All of its stderr, to its end.
  const std::string& all_errors();

  void signal(int number);

  /// Waits for the end: the exit status, or the negative signal.
  int exit_status();

  static constexpr auto patience = std::chrono::seconds{20};

private:
  bool readable(int fd, std::chrono::milliseconds wait) const;
  bool read_more();
  void read_errors();
  bool read_more_errors();

  int pid_ = -1;
  int stdin_ = -1;
  int stdout_ = -1;
  int stderr_ = -1;
  std::string unread_;
  std::string errors_;
  int64_t last_id_ = 0;
  std::optional<int> status_;
};

} // namespace troupe::test
