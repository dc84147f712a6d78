#pragma once

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/transports/guard/warden.hpp"

#include <optional>

namespace troupe {

/// One child under the warden, and what was heard of it.
struct guarded_child {
  std::unique_ptr<guarded_process> process;
  int in = -1;  ///< its stdin; -1 once closed
  int out = -1; ///< its stdout
  int32_t pid = 0;
  bool exited = false;
  std::optional<stop_report> gone;
  size_t events_after_gone = 0;
};

/// A warden whose I/O runs on the test's own thread.
class guard_fixture {
public:
  explicit guard_fixture(std::string warden_path = TROUPE_TEST_WARDEN);
  ~guard_fixture();

  std::shared_ptr<guarded_child> start(process_request what);
  /// argv[0] is the path; the environment has a PATH only.
  std::shared_ptr<guarded_child> run(std::vector<std::string> argv);
  /// Runs a script of /bin/sh.
  std::shared_ptr<guarded_child> shell(std::string script);

  /// Runs the I/O until `done`; throws after 20 s.
  void run_until(const std::function<bool()>& done);
  void wait_started(const guarded_child& x);
  /// Closes stdin, tells it to stop, waits for the end.
  stop_report stop(guarded_child& x, milliseconds grace);
  stop_report wait_gone(const guarded_child& x);
  /// Waits for a whole line of its stdout.
  std::string read_line(guarded_child& x);
  /// All of its stdout, to its end.
  std::string read_all(guarded_child& x);

  std::unique_ptr<boost::asio::io_context> io;
  std::optional<warden> guard;
};

} // namespace troupe
