#pragma once

#include "troupe/messages/commands.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::cli {

/// The actors of this program, for its other parts: requests with bounded
/// answers. Everything is called on the main thread, and calls back there,
/// through `post`.
class host {
public:
  /// Takes a function from any thread and runs it on the main thread.
  using post_fn = std::function<void(std::function<void()>)>;

  template <class T>
  using done = std::function<void(answer<T>)>;

  struct listeners {
    std::function<void(const client_event&)> on_event;
    std::function<void(const diagnostic&)> on_diagnostic;
    /// Events and diagnostics that were dropped, because they came too fast.
    std::function<void(uint64_t)> on_dropped;
  };

  /// At most `live_max` servers run at a time; others are queued for a slot.
  /// Throws `std::system_error` where there is no thread or no descriptor for
  /// it.
  host(post_fn post, listeners heard, uint32_t live_max);

  /// Like `stop`, if that was not called. Bounded. Nothing is called back any
  /// more.
  ~host();

  host(const host&) = delete;
  host& operator=(const host&) = delete;

  // -- the set of servers

  /// Adds a server and starts it, unless it is lazy. Answered when it can be
  /// asked for by name, with `errc::none` where that went well.
  void open(server_spec spec, std::function<void(failure)> then);

  // -- one server

  void ensure_ready(const std::string& server, done<client_status> then);
  void tools(const std::string& server, done<tool_list> then);
  /// Returns what cancels the call. `on_progress` may be empty; if news come
  /// faster than they are taken, it is called with the newest.
  std::function<void()>
  call(const std::string& server, call_tool what, done<call_tool_result> then,
       std::function<void(const call_progress&)> on_progress);
  void reload(const std::string& server, std::vector<server_spec> spec,
              done<client_status> then);
  void close(const std::string& server, milliseconds drain,
             done<stop_report> then);

  // -- all

  void tree(done<tree_status> then);

  /// Stops every server in parallel, on a thread that was made at the start.
  void stop(std::function<void(stop_all_report)> then);

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace troupe::cli
