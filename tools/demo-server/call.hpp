#pragma once

#include "troupe/tools/demo-server/dialect.hpp"

namespace troupe::demo {

/// One `tools/call` under way.
struct call {
  json_rpc::id id;
  dialect speaks = dialect::legacy;
  std::string tool;
  json arguments;      ///< an object
  json progress_token; ///< null where the caller wants no progress
};

/// How a tool answers; implemented by the server.
class answers {
public:
  virtual ~answers() = default;

  /// Ends the call. `out` has been begun with `begin_result` and is ended.
  virtual void result(const call& to, json_writer& out) = 0;

  /// Reports progress where the caller wants it.
  virtual void progress(const call& to, double progress, double total) = 0;

  /// Announces that many times that the list of tools has changed.
  virtual void tools_changed(uint64_t times) = 0;

  /// Writes the answers so far, and dies: of the signal if it is not 0, else
  /// with the exit status.
  [[noreturn]] virtual void die(int signal, int status) = 0;
};

/// A `notifications/progress` for the call. Without `total` where that is 0.
std::string format_progress(const call& to, double progress, double total);

/// An error for a message whose id is unknown.
std::string format_nameless_error(int64_t code, std::string_view text);

} // namespace troupe::demo
