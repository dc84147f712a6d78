#pragma once

#include "troupe/tools/demo-server/options.hpp"
#include "troupe/tools/demo-server/output.hpp"
#include "troupe/tools/demo-server/timers.hpp"

namespace troupe::demo {

/// The misbehaviour that the options ask for. The server calls each member at
/// its place; without such options each does nothing.
class faults {
public:
  faults(const options& what, timers& clock);

  // -- where they strike

  /// Before anything is read. `out` is null over HTTP.
  void on_start(output* out);

  /// Whether a request gets no answer at all. `opened`: whether there has been
  /// an `initialize`.
  bool swallows(std::string_view method, bool opened);

  /// The handshake has been answered.
  void on_handshake();

  /// A call has been recorded. Whether it gets no answer.
  bool strikes(outlet& out);

  /// The id under which to answer.
  json_rpc::id disguised(const json_rpc::id& x, bool is_call) const;

  void before_answer(outlet& out, const json_rpc::id& to, bool is_call);

  /// What follows an answer besides its duplicate.
  void after_answer(outlet& out, bool is_call);

  /// Before the server waits: keeps an endless line going.
  void on_idle(output& out);

  // -- what follows for the server

  bool stopped_reading() const;

  /// Set when the server is to end.
  std::optional<int> exit_status() const;

private:
  void end(int otherwise);
  void flood_stderr();

  const options what_;
  timers& clock_;
  uint64_t calls_ = 0;
  bool answered_ = false;
  bool endless_ = false;
  bool stopped_reading_ = false;
  std::optional<int> exit_status_;
};

} // namespace troupe::demo
