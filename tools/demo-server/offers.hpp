#pragma once

#include "troupe/tools/demo-server/dialect.hpp"
#include "troupe/tools/demo-server/outlet.hpp"

#include <map>

namespace troupe::demo {

/// How a request is answered; implemented by the server.
class replies {
public:
  virtual ~replies() = default;

  virtual void give(const json_rpc::id& to, json_writer& result) = 0;
  virtual void reject(const json_rpc::id& to, int64_t code,
                      std::string_view text) = 0;
};

/// One resource, one template, and one prompt: `greet`, which asks for the name
/// that it was not given, where its client can be asked: a legacy one by
/// `elicitation/create`, a modern one by `input_required`.
class offers {
public:
  offers(outlet& out, replies& to) : out_(out), to_(to) {
    // nop
  }

  /// The params of `initialize`.
  void on_initialize(const json& params);

  /// Whether the request is one of these; then it is answered.
  bool on_request(const json_rpc::request& x, dialect speaks);

  /// Whether it is the answer to a question of ours.
  bool on_answer(const json_rpc::id& which, const json& result);

  /// The answer to that request is not needed any more.
  void cancel(const json_rpc::id& which);

  /// Questions that are open at once.
  static constexpr size_t asked_max = 64;

private:
  void list(const json_rpc::request& x, dialect speaks);
  void read(const json_rpc::request& x, dialect speaks);
  void greet(const json_rpc::request& x, dialect speaks);
  void ask_legacy(const json_rpc::request& x);
  void ask_modern(const json_rpc::request& x);
  void say(const json_rpc::id& to, dialect speaks, const std::string& whom);

  outlet& out_;
  replies& to_;
  bool may_ask_ = false;                       // legacy
  std::map<json_rpc::id, json_rpc::id> asked_; // by our ids
  uint64_t last_ = 0;
};

} // namespace troupe::demo
