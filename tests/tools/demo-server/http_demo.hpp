#pragma once

#include "troupe/tests/support/raw_http.hpp"
#include "troupe/tests/support/scratch_folder.hpp"
#include "troupe/tests/tools/demo-server/demo_server.hpp"

#include <catch2/catch.hpp>

#include <fstream>

namespace troupe::test {

/// The demo server over HTTP, with these options.
class http_demo {
public:
  explicit http_demo(std::vector<std::string> options = {})
    : server_(with_http(std::move(options), log())) {
    auto line = server_.line().value_or("");
    REQUIRE(line.starts_with("listening on http://127.0.0.1:"));
    REQUIRE(line.ends_with("/mcp"));
    port_ = static_cast<uint16_t>(std::stoi(line.substr(30)));
  }

  demo_server& process() {
    return server_;
  }

  raw_http connect() const {
    return raw_http{port_};
  }

  // -- one request on a connection of its own

  http_answer post(const http_headers& headers, std::string_view body) const {
    auto at = connect();
    at.request("POST", "/mcp", headers, body);
    return at.answer();
  }

  http_answer ask(std::string_view method, const http_headers& headers) const {
    auto at = connect();
    at.request(method, "/mcp", headers);
    return at.answer();
  }

  /// A modern request, with the headers that it must have.
  http_answer modern_call(std::string_view tool,
                          std::string_view arguments) const {
    return post(modern_headers("tools/call", tool),
                modern_body("tools/call", named(tool, arguments)));
  }

  /// Begins a legacy session. Returns its id.
  std::string initialize(std::string_view version = "2025-11-25") const {
    auto answer = post(basic, initialize_body(version));
    REQUIRE(answer.status == 200);
    return answer.header("Mcp-Session-Id");
  }

  http_answer legacy_call(const std::string& session, std::string_view tool,
                          std::string_view arguments) const {
    return post(in_session(session), legacy_body(tool, arguments));
  }

  /// All that came so far, a line a request.
  std::string requests() const {
    std::ifstream in{log()};
    return {std::istreambuf_iterator<char>{in}, {}};
  }

  // -- parts of requests

  static inline const http_headers basic{
    {"Content-Type", "application/json"},
    {"Accept", "application/json, text/event-stream"}};

  static http_headers in_session(const std::string& session) {
    auto result = basic;
    result.emplace_back("Mcp-Session-Id", session);
    result.emplace_back("MCP-Protocol-Version", "2025-11-25");
    return result;
  }

  static http_headers modern_headers(std::string_view method,
                                     std::string_view name = "") {
    auto result = basic;
    result.emplace_back("MCP-Protocol-Version", "2026-07-28");
    result.emplace_back("Mcp-Method", method);
    if (!name.empty())
      result.emplace_back("Mcp-Name", name);
    return result;
  }

  static std::string modern_body(std::string_view method,
                                 std::string_view rest = "") {
    return R"({"jsonrpc":"2.0","id":1,"method":")" + std::string{method}
           + R"(","params":)" + modern(rest) + '}';
  }

  static std::string named(std::string_view tool, std::string_view arguments) {
    return R"(,"name":")" + std::string{tool} + R"(","arguments":)"
           + std::string{arguments};
  }

  static std::string legacy_body(std::string_view tool,
                                 std::string_view arguments, int id = 2) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id)
           + R"(,"method":"tools/call","params":)"
           + demo_server::call(tool, arguments) + '}';
  }

  static std::string initialize_body(std::string_view version) {
    return R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":)"
           R"({"protocolVersion":")"
           + std::string{version}
           + R"(","capabilities":{},"clientInfo":{"name":"t","version":"1"}}})";
  }

private:
  std::string log() const {
    return folder_.file("requests");
  }

  static std::vector<std::string> with_http(std::vector<std::string> options,
                                            const std::string& log) {
    for (auto x : {"--http", "0", "--requests", log.c_str()})
      options.emplace_back(x);
    return options;
  }

  scratch_folder folder_;
  demo_server server_;
  uint16_t port_ = 0;
};

/// Whether a body or an event is a result that says so.
inline bool says(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

} // namespace troupe::test
