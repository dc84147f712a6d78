#pragma once

#include "tools/demo-server/faults.hpp"
#include "tools/demo-server/subscriptions.hpp"
#include "tools/demo-server/tools.hpp"

namespace troupe::demo {

/// The protocol: lines come in, lines go to the output. Single-threaded.
class server : private answers {
public:
  server(const options& what, std::vector<int> helpers, output& out,
         timers& clock);

  /// Takes one line of input.
  void on_line(std::string line);

  /// The input had a line that is longer than allowed; ends the server.
  void on_overlong_line();

  faults& misbehaviour();
  const faults& misbehaviour() const;

  /// Set when the server is to end.
  std::optional<int> exit_status() const;

private:
  // -- what comes in
  void on_message(json_rpc::request& x);
  void on_message(json_rpc::notification& x);
  void on_message(json_rpc::result& x);
  void on_message(json_rpc::error& x);
  void on_fault(const json_rpc::malformed& x);

  // -- by dialect
  void on_modern(json_rpc::request& x, const request_meta& meta);
  void on_legacy(json_rpc::request& x, const request_meta& meta);

  // -- by method
  void on_discover(const json_rpc::id& to);
  void on_initialize(const json_rpc::request& x);
  void on_initialized();
  void on_cancelled(const json& params);
  void on_listen(const json_rpc::request& x);
  void on_list(const json_rpc::request& x, dialect speaks);
  void on_call(const json_rpc::request& x, dialect speaks,
               const json& progress_token);

  // -- answers
  void result(const call& to, json_writer& out) override;
  void progress(const call& to, double progress, double total) override;
  void tools_changed(uint64_t times) override;
  [[noreturn]] void die(int signal, int status) override;
  void send(const json_rpc::id& to, const json& value, bool is_call = false);
  void refuse(const json_rpc::id& to, int64_t code, std::string_view text,
              const json& data = {});
  void unknown_method(const json_rpc::request& x);

  const options what_;
  output& out_;
  timers& clock_;
  version_policy versions_;
  faults faults_;
  toolbox tools_;
  subscriptions subscriptions_;
  bool probed_ = false; // a modern request was served
  bool opened_ = false; // `initialize` was answered
  bool overlong_ = false;
};

} // namespace troupe::demo
