#pragma once

#include "troupe/messages/json/json.hpp"
#include "troupe/tests/support/child_server.hpp"
#include "troupe/tests/support/scratch_folder.hpp"

#include <string>
#include <vector>

namespace troupe::test {

/// Ends this process if a test runs longer than that: none may hang for ever.
class test_alarm {
public:
  explicit test_alarm(unsigned seconds = 60);
  ~test_alarm();
};

/// What a program came to that has ended.
struct finished {
  int status = 0; ///< the exit status, or the negative signal
  std::string out;
  std::string error;

  json value() const {
    return json::parse(out).value;
  }
};

/// The program `troupe` in a world of its own: a folder, with a runtime folder
/// in it. Both go with it.
class troupe_world {
public:
  troupe_world();
  troupe_world(const troupe_world&) = delete;
  troupe_world& operator=(const troupe_world&) = delete;

  const std::string& folder() const {
    return folder_.path();
  }

  /// Writes a file; returns its path.
  std::string file(const std::string& name, const std::string& text,
                   unsigned mode = 0644) const;

  /// A configuration with these servers, JSON text each: `"a": {...}`.
  std::string config(const std::string& servers,
                     const std::string& name = "servers.json") const;

  /// Runs `troupe` to its end.
  finished troupe(std::vector<std::string> arguments,
                  const std::string& input = "") const;

private:
  test_alarm alarm_;
  scratch_folder folder_;
};

/// `troupe run`, until it is dropped or told to end.
class running_troupe : public child_server {
public:
  explicit running_troupe(std::vector<std::string> arguments);

  /// Reads until a line holds the text; returns that line.
  std::string await(const std::string& text);

  /// Signals it again and again: a second one counts only some time after the
  /// first.
  void signal_until_it_ends(int number);

  /// What it printed until its end; then `exit_status` is there.
  std::vector<std::string> rest();
};

/// A pipe with a name, into which a server writes its pid once it runs.
class herald {
public:
  explicit herald(const std::string& folder);
  ~herald();
  herald(const herald&) = delete;
  herald& operator=(const herald&) = delete;

  /// For the demo server's arguments, as JSON.
  std::string option() const;
  /// The server's pid; 0 where none came within some seconds.
  int await();

private:
  std::string path_;
  int fd_ = -1;
};

/// A server entry: the demo server with these arguments, JSON texts.
std::string demo(const std::string& name, const std::string& arguments = "",
                 const std::string& more = "");

/// Whether the process is gone within some seconds. A zombie is.
bool is_gone_soon(int pid);
bool is_alive(int pid);

bool has(const std::string& text, const std::string& part);

/// Whether a terminal could be steered by it: anything below a space but line
/// ends and tabs.
bool has_controls(const std::string& text);

} // namespace troupe::test
