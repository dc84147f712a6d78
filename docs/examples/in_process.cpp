// A server inside of this process: tools of the program itself, offered the
// way in which those of other servers are, without a process or a socket.
//
//   in_process

#include <troupe/troupe.hpp>

#include <iostream>

using namespace troupe;

// The protocol of a server that has tools and nothing else. An `error` member
// tells the client that a method is not known.
static json_literal answer_to(const std::string& method, const json& params) {
  if (method == "initialize")
    return {{"result",
             {{"protocolVersion", latest_legacy_version},
              {"capabilities", {{"tools", {}}}},
              {"serverInfo", {{"name", "adder"}, {"version", "1"}}}}}};
  if (method == "tools/list")
    return {
      {"result",
       {{"tools", json_array({{{"name", "add"},
                               {"inputSchema", {{"type", "object"}}}}})}}}};
  if (method != "tools/call")
    return {{"error", {{"code", -32601}, {"message", "unknown method"}}}};
  auto args = params.find("arguments").value_or(json{});
  auto number = [&](const char* key) {
    return args.find(key).value_or(json{}).as_integer().value_or(0);
  };
  auto sum = std::to_string(number("a") + number("b"));
  json_literal text = {{"type", "text"}, {"text", sum}};
  return {{"result", {{"content", json_array({text})}}}};
}

// Runs on a thread that may block; never two calls at a time.
static void serve(const pipe_connection& to, std::string frame) {
  auto message = json::parse(std::move(frame)).value;
  auto id = message.find("id");
  if (!id) // a notification
    return;
  auto method = message.find("method").value_or(json{}).as_string();
  auto params = message.find("params").value_or(json{});
  // {"result": ...} or {"error": ...}, with what belongs around it.
  auto body = answer_to(method.value_or(""), params).text();
  auto head = json_object({{"jsonrpc", "2.0"}, {"id", *id}}).text();
  head.back() = ',';
  to.send(head + body.substr(1));
}

int main() {
  runtime_options options;
  options.pipes["adder"] = std::make_shared<pipe_server>(serve);
  standalone_runtime mcp{std::move(options)};

  auto spec = pipe_server_spec("sums", "adder");
  spec.dialect = dialect_choice::legacy; // it knows no other: do not ask
  auto opened = mcp.open(spec);
  if (!opened.ok()) {
    std::cout << opened.error.text << '\n';
    return 1;
  }
  auto sum =
    mcp.ask(opened.value.handle, call_tool{"add", {{"a", 19}, {"b", 23}}});
  std::cout << (sum.ok() ? sum.value.text() : sum.error.text) << '\n';
  return sum.ok() && mcp.stop().clean ? 0 : 1;
}
