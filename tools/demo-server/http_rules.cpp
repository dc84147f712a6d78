#include "troupe/tools/demo-server/http_rules.hpp"

#include "troupe/messages/header_text.hpp"

#include <algorithm>

namespace troupe::demo {

namespace {

std::string about(std::string_view name, const char* text) {
  return std::string{name} + text;
}

std::optional<unsigned> base64_digit(char x) {
  static constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  auto at = digits.find(x);
  if (at == std::string_view::npos)
    return std::nullopt;
  return static_cast<unsigned>(at);
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0)
    return std::nullopt;
  for (int i = 0; i < 2 && text.ends_with('='); ++i)
    text.remove_suffix(1);
  std::string result;
  unsigned bits = 0;
  int count = 0;
  for (auto x : text) {
    auto digit = base64_digit(x);
    if (!digit)
      return std::nullopt;
    bits = bits << 6 | *digit;
    if ((count += 6) >= 8) {
      count -= 8;
      result += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return result;
}

/// The value at a chain of members; null counts as absent.
std::optional<json> value_at(json x, const std::vector<std::string>& path) {
  for (auto& name : path) {
    auto found = x.find(name);
    if (!found || found->is_null())
      return std::nullopt;
    x = *found;
  }
  return x;
}

/// Numbers count as equal by value: `42.0` is `42`.
bool same_value(const json& body, const std::string& header) {
  if (auto text = body.as_string())
    return *text == header;
  if (auto flag = body.as_bool())
    return header == (*flag ? "true" : "false");
  auto number = json::parse(header);
  return number.ok() && number.value.as_integer()
         && number.value.as_integer() == body.as_integer();
}

std::string compare(const http_request& head, std::string_view name,
                    const std::optional<json>& body) {
  auto given = head.header(name);
  if (!body)
    return given ? about(name, " has no value in the body") : "";
  if (!given)
    return about(name, " is missing");
  auto value = decoded_header(*given);
  if (!value)
    return about(name, " is malformed");
  return same_value(*body, *value) ? "" : about(name, " does not match");
}

/// The member of `params` that `Mcp-Name` repeats.
std::string_view named_by(std::string_view method) {
  if (method == "tools/call" || method == "prompts/get")
    return "name";
  return method == "resources/read" ? "uri" : "";
}

std::string parameter_mismatch(const http_request& head, const json& params,
                               const tool_list& tools) {
  auto name = params.find("name").value_or(json{}).as_string().value_or("");
  auto arguments = params.find("arguments").value_or(json{});
  for (auto& x : tools.mirrored(name)) {
    auto fault =
      compare(head, "Mcp-Param-" + x.header, value_at(arguments, x.path));
    if (!fault.empty())
      return fault;
  }
  return "";
}

bool is_loopback(std::string_view host) {
  for (std::string_view x : {"127.0.0.1", "localhost", "[::1]"})
    if (host.starts_with(x)
        && (host.size() == x.size() || host[x.size()] == ':'))
      return true;
  return false;
}

} // namespace

std::string header_mismatch(const http_request& head,
                            const json_rpc::request& body,
                            const std::string& version,
                            const tool_list& tools) {
  auto given = head.header("MCP-Protocol-Version");
  if (!given)
    return "MCP-Protocol-Version is missing";
  if (*given != version)
    return "MCP-Protocol-Version does not match the body";
  auto method = head.header("Mcp-Method");
  if (!method)
    return "Mcp-Method is missing";
  if (*method != body.method)
    return "Mcp-Method does not match the body";
  if (auto name = named_by(body.method); !name.empty()) {
    auto fault =
      compare(head, "Mcp-Name", value_at(body.params, {std::string{name}}));
    if (!fault.empty())
      return fault;
  }
  if (body.method == "tools/call")
    return parameter_mismatch(head, body.params, tools);
  return "";
}

std::optional<std::string> decoded_header(std::string_view value) {
  for (auto x : value)
    if ((x < ' ' && x != '\t') || x == '\x7f')
      return std::nullopt; // also above 0x7F: char has a sign
  constexpr std::string_view begin = "=?base64?";
  constexpr std::string_view end = "?=";
  if (!value.starts_with(begin) || !value.ends_with(end)
      || value.size() < begin.size() + end.size())
    return std::string{value};
  value.remove_prefix(begin.size());
  value.remove_suffix(end.size());
  return from_base64(value);
}

bool names_type(const std::string* header, std::string_view type) {
  if (!header)
    return false;
  auto rest = std::string_view{*header};
  for (;;) {
    auto item = rest.substr(0, rest.find(','));
    auto name = item.substr(0, item.find(';'));
    name.remove_prefix(std::min(name.size(), name.find_first_not_of(' ')));
    name = name.substr(0, name.find(' '));
    if (same_letters(name, type) || name == "*/*")
      return true;
    if (item.size() == rest.size())
      return false;
    rest.remove_prefix(item.size() + 1);
  }
}

bool is_local(const http_request& x) {
  auto host = x.header("Host");
  if (host && !is_loopback(*host))
    return false;
  auto origin = x.header("Origin");
  if (!origin)
    return true;
  auto at = origin->find("://");
  return at != std::string::npos
         && is_loopback(std::string_view{*origin}.substr(at + 3));
}

} // namespace troupe::demo
