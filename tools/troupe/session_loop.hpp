#pragma once

#include "troupe/messages/defaults.hpp"
#include "troupe/tools/troupe/host.hpp"
#include "troupe/tools/troupe/line_output.hpp"
#include "troupe/tools/troupe/main_loop.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace troupe::cli {

/// A host, its main loop and its end: the first signal, or `end`, stops all
/// servers in parallel; a second signal, until the very end, ends the process
/// at once, and its guard cleans up. To be made before any thread.
class session_loop {
public:
  struct hooks {
    host::listeners heard;
    /// A signal came; servers are about to be stopped.
    std::function<void(int)> on_signal;
    /// They are stopped: `run` returns once the second argument is called.
    std::function<void(const stop_all_report&, main_loop::task)> on_stopped;
    /// Only servers that could not be stopped in time are still waited for:
    /// last chance to print, in bounded time.
    std::function<void()> on_over;
  };

  /// At most `live_max` servers run at a time.
  explicit session_loop(hooks what,
                        uint32_t live_max = defaults::live_servers_max);

  main_loop& loop() {
    return loop_;
  }
  host& servers() {
    return *servers_;
  }

  void end();

  /// Runs until everything is stopped. Returns whether that was clean.
  bool run();

  /// The first signal; 0: none came.
  int signal() const {
    return signal_;
  }

private:
  void on_signals();

  ending_signals signals_; // first: later threads inherit the mask
  main_loop loop_;
  hooks hooks_;
  std::unique_ptr<host> servers_;
  bool ending_ = false;
  bool clean_ = false;
  int signal_ = 0;
  std::chrono::steady_clock::time_point signalled_{}; // when the first came
};

} // namespace troupe::cli
