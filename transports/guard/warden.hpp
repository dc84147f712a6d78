#pragma once

#include "troupe/messages/server_spec.hpp"
#include "troupe/messages/stop_report.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace troupe {

class warden_link;

/// The host's end of one guarded server process: its pipes and its shim. Used
/// on the I/O thread only. Dropping it stops the server as `stop` does; the
/// shim does that alone.
class guarded_process {
public:
  struct events {
    /// A warning for people; before any other event.
    std::function<void(std::string text)> on_warning;
    /// The program runs (its exec succeeded).
    std::function<void(int32_t pid)> on_started;
    /// The leader has exited by itself; the shim is clearing up what it left.
    std::function<void()> on_exited;
    /// A process did not die of KILL; the shim keeps trying.
    std::function<void(std::string text)> on_unkillable;
    /// The last event, and always: nothing is left, as `report.left` tells; or
    /// the start failed (`why`, `start_errno`, `text` with the path).
    std::function<void(stop_report)> on_gone;
  };

  virtual ~guarded_process() = default;
  /// Our ends, non-blocking, O_CLOEXEC; owned by this object until taken. -1
  /// after.
  virtual int take_stdin() = 0;
  virtual int take_stdout() = 0;
  virtual int take_stderr() = 0;
  /// Runs the stop ladder: stdin ends (a caller that took it must have closed
  /// it), grace, TERM+CONT, grace, KILL until nothing is left.
  virtual void stop(std::chrono::milliseconds grace) = 0;
};

/// What to start; everything in it is resolved.
struct process_request {
  std::string path;                  ///< absolute
  std::vector<std::string> warnings; ///< doubts about how it was found
  std::vector<std::string> argv;
  std::vector<std::string> env; ///< NAME=value, the whole environment
  std::string cwd;              ///< empty: the host's
  bool allow_setuid = false;
  std::chrono::milliseconds host_death_grace = defaults::host_death_grace;
  /// Names in errors for `path` and `cwd`, so that no value of a variable is
  /// shown. Empty: the paths themselves.
  std::string shown_path;
  std::string shown_cwd;

  const std::string& path_to_show() const {
    return shown_path.empty() ? path : shown_path;
  }
  const std::string& cwd_to_show() const {
    return shown_cwd.empty() ? cwd : shown_cwd;
  }
};

/// The host's end of the warden, one per runtime. Starts it through
/// Boost.Process when it is first needed and again after it died; what it
/// guarantees stands in docs/reliability.md ("Nothing is left behind"). Used on
/// the I/O thread only.
class warden {
public:
  /// `executable`: where the warden's program is (see `find_warden`).
  warden(boost::asio::io_context& io, std::string executable);
  /// Waits for the warden's end if every process is gone: under 1 ms, and at
  /// most `defaults::warden_exit_timeout`. Else it ends by itself after the
  /// last shim.
  ~warden();

  /// Starts a process. Never blocks for longer than it takes to start the
  /// warden itself. The result is never null; failures come by `on_gone`, never
  /// before `spawn` has returned.
  std::unique_ptr<guarded_process> spawn(process_request what,
                                         guarded_process::events events);

  /// 0 while it is not running. These two may be called from any thread.
  int32_t pid() const;
  uint64_t restarts() const;

private:
  std::shared_ptr<warden_link> link_;
};

/// Where the warden's program is: `told` if not empty, else $TROUPE_WARDEN,
/// else as installed with this program, else beside it, else the installed
/// place. Empty: nowhere; `why` then says what was tried.
std::string find_warden(const std::string& told, std::string& why);

} // namespace troupe
