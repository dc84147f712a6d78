#pragma once

#include "troupe/messages/json/rpc.hpp"
#include "troupe/transports/pipe/transport.hpp"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace troupe::test {

/// A legacy server inside the test: it answers what its switches allow, and
/// keeps what it has been asked.
class scripted_server {
public:
  scripted_server()
    : pipe(std::make_shared<pipe_server>(
      [this, alive = alive_](const pipe_connection&, std::string frame) {
        if (*alive)
          on_frame(std::move(frame));
      })) {
    // nop
  }

  /// Its clients may outlive it, and say a last word.
  ~scripted_server() {
    *alive_ = false;
  }
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

private:
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

public:
  std::shared_ptr<pipe_server> pipe;

  // -- switches

  bool answers_handshake = true;
  bool answers_calls = true;
  bool answers_lists = true;
  bool answers_pings = true;
  /// Each list is followed by the word that it has changed.
  bool changes_with_lists = false;
  bool ends_on_probe = false;
  std::string capabilities = R"({"tools":{}})";
  /// What it answers to other methods, by name.
  std::map<std::string, std::string> results;
  bool exits_at_once = false;

  // -- what it saw

  int probes = 0;
  int initializes = 0;
  int lists = 0;
  /// Every execution, by tool: the ledger.
  std::map<std::string, int> executed;
  /// The last request of each other method, and how many there were.
  std::map<std::string, json_rpc::request> asked;
  std::map<std::string, int> times_asked;
  json_rpc::request asked_to_initialize; // the last time
  /// Requests of tools/call that wait for an answer.
  std::deque<json_rpc::request> open_calls;
  std::deque<json_rpc::request> open_handshakes;
  std::deque<json_rpc::request> open_lists;
  std::vector<json_rpc::notification> notifications;
  /// What the client answered to requests of the server.
  std::vector<json_rpc::message> answers;

  // -- what it does

  void answer(const json_rpc::request& x, std::string result) {
    pipe->send(json_rpc::format_result(x.id, json::trusted(std::move(result))));
  }

  void answer_call(std::string text = "done") {
    auto x = open_calls.front();
    open_calls.pop_front();
    answer(x, R"({"content":[{"type":"text","text":")" + text + R"("}]})");
  }

  void answer_handshake() {
    auto x = open_handshakes.front();
    open_handshakes.pop_front();
    answer(x, R"({"protocolVersion":"2025-11-25","capabilities":)"
                + capabilities
                + R"(,"serverInfo":{"name":"scripted","version":"1"}})");
  }

  void answer_list() {
    auto x = open_lists.front();
    open_lists.pop_front();
    answer(x, R"({"tools":[{"name":"echo","inputSchema":)"
              R"({"type":"object"}}]})");
    if (changes_with_lists)
      pipe->send(
        json_rpc::format_notification("notifications/tools/list_changed", {}));
  }

  void progress(const json_rpc::request& x, int amount) {
    auto token = x.params.find("_meta")->find("progressToken")->text();
    pipe->send(R"({"jsonrpc":"2.0","method":"notifications/progress",)"
               R"("params":{"progressToken":)"
               + std::string{token} + R"(,"progress":)" + std::to_string(amount)
               + "}}");
  }

  size_t cancels() const {
    size_t result = 0;
    for (auto& x : notifications)
      result += x.method == "notifications/cancelled" ? 1 : 0;
    return result;
  }

private:
  void on_frame(std::string text) {
    auto frame = json_rpc::parse(std::move(text));
    for (auto& x : frame.messages) {
      if (auto request = std::get_if<json_rpc::request>(&x))
        on_request(*request);
      else if (auto told = std::get_if<json_rpc::notification>(&x))
        notifications.push_back(*told);
      else
        answers.push_back(x);
    }
  }

  void on_request(const json_rpc::request& x) {
    probes += x.method == "server/discover" ? 1 : 0;
    if (exits_at_once || (x.method == "server/discover" && ends_on_probe)) {
      pipe->hang_up(errc::child_exited, "exit status 1", 1);
    } else if (x.method == "initialize") {
      ++initializes;
      asked_to_initialize = x;
      open_handshakes.push_back(x);
      if (answers_handshake)
        answer_handshake();
    } else if (x.method == "tools/list") {
      ++lists;
      open_lists.push_back(x);
      if (answers_lists)
        answer_list();
    } else if (x.method == "tools/call") {
      ++executed[*x.params.find("name")->as_string()];
      open_calls.push_back(x);
      if (answers_calls)
        answer_call();
    } else if (x.method == "ping") {
      if (answers_pings)
        answer(x, "{}");
    } else if (auto i = results.find(x.method); i != results.end()) {
      ++times_asked[x.method];
      asked[x.method] = x;
      answer(x, i->second);
    } else if (answers_handshake) {
      pipe->send(json_rpc::format_error(x.id, json_rpc::method_not_found,
                                        "unknown method"));
    }
  }
};

} // namespace troupe::test
