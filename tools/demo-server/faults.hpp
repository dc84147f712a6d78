#pragma once

#include "tools/demo-server/call.hpp"
#include "tools/demo-server/output.hpp"
#include "tools/demo-server/timers.hpp"

namespace troupe::demo {

/// The misbehaviour that is asked for. The server calls each member at its
/// place; without such options each does nothing.
class faults {
public:
  faults(const options& what, output& out, timers& clock);

  // -- where they strike

  /// Before anything is read.
  void on_start();

  /// Whether a request gets no answer at all. `opened`: whether there has been
  /// an `initialize`.
  bool swallows(std::string_view method, bool opened);

  /// The handshake has been answered.
  void on_handshake();

  /// A call has been recorded. Whether it gets no answer.
  bool strikes(const call& x);

  /// The id under which to answer.
  json_rpc::id disguised(const json_rpc::id& x, bool is_call) const;

  void before_answer(bool is_call);
  void after_answer(bool is_call, const std::string& line);

  /// Before the server waits: keeps an endless line going.
  void on_idle();

  // -- what follows for the server

  bool stopped_reading() const;

  /// Set when the server is to end.
  std::optional<int> exit_status() const;

private:
  void end(int otherwise);
  void flood_stderr();
  void progress_for_ever(const call& x, double done);

  const options what_;
  output& out_;
  timers& clock_;
  uint64_t calls_ = 0;
  bool answered_ = false;
  bool endless_ = false;
  bool stopped_reading_ = false;
  std::optional<int> exit_status_;
};

} // namespace troupe::demo
