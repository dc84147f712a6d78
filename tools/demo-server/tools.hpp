#pragma once

#include "troupe/tools/demo-server/call.hpp"
#include "troupe/tools/demo-server/common.hpp"

#include <map>

namespace troupe::demo {

/// Runs the tools. A call that takes time waits in a timer; others go on.
class toolbox {
public:
  toolbox(common& shared, answers& to);
  ~toolbox();
  toolbox(const toolbox&) = delete;
  toolbox& operator=(const toolbox&) = delete;

  /// Writes the call into the ledger: it counts as executed from now on.
  void record(const call& x);

  /// Runs a call whose tool is in the list.
  void run(const call& x);

  bool pending(const json_rpc::id& which) const;

  /// Forgets a call that takes time; it is not answered.
  void cancel(const json_rpc::id& which);

  /// So many calls may wait in timers at a time.
  static constexpr size_t pending_max = 10'000;
  static constexpr int64_t blob_bytes_max = 64 << 20;
  static constexpr int64_t grow_max = 100'000;

private:
  void echo(const call& x);
  void sleep_ms(const call& x);
  void progress(const call& x);
  void blob(const call& x);
  void fail(const call& x);
  void crash(const call& x);
  void env(const call& x);
  void pids(const call& x);
  void count(const call& x);
  void grow(const call& x);

  void step(const call& x, int64_t done, int64_t steps, milliseconds pause);
  void later(const call& x, milliseconds delay, std::function<void()> what);
  void say(const call& x, std::string_view text, bool is_error = false);
  void give(const call& x, const json& structured);

  using tool = void (toolbox::*)(const call&);
  static const std::map<std::string_view, tool> own_;

  common& common_;
  answers& to_;
  std::map<json_rpc::id, timers::handle> pending_;
};

} // namespace troupe::demo
