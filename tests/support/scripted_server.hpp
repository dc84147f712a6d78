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
  scripted_server();
  /// Its clients may outlive it, and say a last word.
  ~scripted_server();
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

  void answer(const json_rpc::request& x, std::string result);
  void answer_call(std::string text = "done");
  void answer_handshake();
  void answer_list();
  void progress(const json_rpc::request& x, int amount);
  size_t cancels() const;

private:
  void on_frame(std::string text);
  void on_request(const json_rpc::request& x);
};

} // namespace troupe::test
