#pragma once

#include "troupe/tests/support/child_server.hpp"

namespace troupe::test {

/// The demo server with these options.
class demo_server : public child_server {
public:
  explicit demo_server(std::vector<std::string> options = {})
    : child_server(argv(std::move(options))) {
    // nop
  }

  /// Asks for a tool by the legacy dialect. Returns the request's id.
  int64_t ask_tool(std::string_view name, std::string_view arguments = "{}") {
    return ask("tools/call", call(name, arguments));
  }

  json tool(std::string_view name, std::string_view arguments = "{}") {
    return result("tools/call", call(name, arguments));
  }

  static std::string call(std::string_view name, std::string_view arguments) {
    return R"({"name":")" + std::string{name} + R"(","arguments":)"
           + std::string{arguments} + '}';
  }

private:
  static std::vector<std::string> argv(std::vector<std::string> options) {
    options.insert(options.begin(), DEMO_SERVER);
    return options;
  }
};

/// The text of a tool's result.
inline std::string text_of(const json& result) {
  auto content = result.find("content").value_or(json{}).items();
  auto text = content.empty() ? std::nullopt : content[0].find("text");
  return text ? text->as_string().value_or("") : "";
}

/// What every modern request carries, to be put into its params.
inline constexpr auto modern_meta =
  R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
  R"("io.modelcontextprotocol/clientCapabilities":{}})";

/// Params of a modern request; `rest` begins with a comma, or is empty.
inline std::string modern(std::string_view rest = "") {
  return '{' + std::string{modern_meta} + std::string{rest} + '}';
}

} // namespace troupe::test
