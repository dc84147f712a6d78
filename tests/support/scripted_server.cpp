#include "troupe/tests/support/scripted_server.hpp"

namespace troupe::test {

scripted_server::scripted_server()
  : pipe(std::make_shared<pipe_server>(
    [this, alive = alive_](const pipe_connection&, std::string frame) {
      if (*alive)
        on_frame(std::move(frame));
    })) {
  // nop
}

scripted_server::~scripted_server() {
  *alive_ = false;
}

void scripted_server::answer(const json_rpc::request& x, std::string result) {
  pipe->send(json_rpc::format_result(x.id, json::trusted(std::move(result))));
}

void scripted_server::answer_call(std::string text) {
  auto x = open_calls.front();
  open_calls.pop_front();
  answer(x, R"({"content":[{"type":"text","text":")" + text + R"("}]})");
}

void scripted_server::answer_handshake() {
  auto x = open_handshakes.front();
  open_handshakes.pop_front();
  answer(x, R"({"protocolVersion":"2025-11-25","capabilities":)" + capabilities
              + R"(,"serverInfo":{"name":"scripted","version":"1"}})");
}

void scripted_server::answer_list() {
  auto x = open_lists.front();
  open_lists.pop_front();
  answer(x, R"({"tools":[{"name":"echo","inputSchema":)"
            R"({"type":"object"}}]})");
  if (changes_with_lists)
    pipe->send(
      json_rpc::format_notification("notifications/tools/list_changed", {}));
}

void scripted_server::progress(const json_rpc::request& x, int amount) {
  auto token = x.params.find("_meta")->find("progressToken")->text();
  pipe->send(R"({"jsonrpc":"2.0","method":"notifications/progress",)"
             R"("params":{"progressToken":)"
             + std::string{token} + R"(,"progress":)" + std::to_string(amount)
             + "}}");
}

size_t scripted_server::cancels() const {
  size_t result = 0;
  for (auto& x : notifications)
    result += x.method == "notifications/cancelled" ? 1 : 0;
  return result;
}

void scripted_server::on_frame(std::string text) {
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

void scripted_server::on_request(const json_rpc::request& x) {
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

} // namespace troupe::test
