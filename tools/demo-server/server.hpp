#pragma once

#include "troupe/tools/demo-server/offers.hpp"
#include "troupe/tools/demo-server/subscriptions.hpp"
#include "troupe/tools/demo-server/tools.hpp"

namespace troupe::demo {

/// The protocol in one conversation: messages come in, and go to the outlet.
/// Single-threaded.
class server : private answers, private replies {
public:
  server(common& shared, outlet& out);

  /// Takes one line of input.
  void on_line(std::string line);

  /// The input had a line that is longer than allowed; ends the server.
  void on_overlong_line();

  /// Takes a message that was parsed already.
  void on_frame(json_rpc::message& x);

  /// The caller has cancelled that request.
  void cancel(const json_rpc::id& which);

  /// Behaves as after `initialize`, for servers without sessions.
  void assume_opened();

  /// The legacy version in force; empty before `initialize`.
  const std::string& opened_version() const;

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
  void give(const json_rpc::id& to, json_writer& result) override;
  void reject(const json_rpc::id& to, int64_t code,
              std::string_view text) override;
  [[noreturn]] void die(int signal, int status) override;
  void send(const json_rpc::id& to, const json& value, bool is_call = false);
  void refuse(const json_rpc::id& to, int64_t code, std::string_view text,
              const json& data = {});
  void deliver(const json_rpc::id& to, int64_t code, bool is_call,
               const std::string& text);
  void unknown_method(const json_rpc::request& x);
  void progress_for_ever(const call& x, double done);
  void flood(uint64_t left);

  common& common_;
  const options& what_;
  outlet& out_;
  toolbox tools_;
  subscriptions subscriptions_;
  offers offers_;
  timer_group alarms_;
  std::string opened_; // the version that `initialize` agreed on
  bool overlong_ = false;
  bool flooding_ = false;
};

} // namespace troupe::demo
