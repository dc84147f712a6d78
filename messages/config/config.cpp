#include "troupe/messages/config/config.hpp"

#include "troupe/messages/config/fields.hpp"
#include "troupe/messages/json/blank.hpp"
#include "troupe/messages/json/jsonc.hpp"

#include <algorithm>

namespace troupe {

namespace {

// -- where a fault is --------------------------------------------------------

// Counted from 1, as editors do; columns in characters.
std::string line_and_column(std::string_view text, size_t offset) {
  auto before = text.substr(0, offset);
  auto lines = std::count(before.begin(), before.end(), '\n');
  auto line_begin = before.rfind('\n');
  if (line_begin != std::string_view::npos)
    before.remove_prefix(line_begin + 1);
  auto begins_character = [](char c) { return (c & 0xC0) != 0x80; };
  auto column = std::count_if(before.begin(), before.end(), begins_character);
  return "line " + std::to_string(lines + 1) + ", column "
         + std::to_string(column + 1);
}

// The key that begins at its quote, as it is written. It names a server or a
// field; values are not shown.
std::string key_at(std::string_view text, size_t offset) {
  constexpr size_t shown_max = 100;
  auto end = offset + 1;
  while (end < text.size() && text[end] != '"')
    end += text[end] == '\\' ? 2 : 1;
  if (offset >= text.size() || end - offset > shown_max)
    return "a key";
  return "the key " + std::string{text.substr(offset, end + 1 - offset)};
}

// The error without its offset, which the caller shows as line and column.
std::string sentence_for(const json_error& error, std::string_view text) {
  if (error.why == json_error::reason::duplicate_key)
    return key_at(text, error.offset) + " appears twice in its object";
  auto result = error.text();
  return result.substr(0, result.rfind(" at byte "));
}

// -- where the servers are ---------------------------------------------------

bool is_known_elsewhere(std::string_view field) {
  return field == "$schema" || field == "inputs";
}

// The member of `holder` that holds its servers; nothing where there is none.
std::optional<json> find_servers(const json& holder, config_log& log,
                                 const std::string& path) {
  config_fields in{holder, path, log};
  for (auto field : {"mcpServers", "servers"}) {
    if (!holder.find(field))
      continue;
    auto servers = in.take(field).value_or(json{});
    for (auto other : {"$schema", "inputs"})
      in.take(other);
    in.report_unknown();
    return servers;
  }
  return std::nullopt;
}

// A map from names to servers, if one of its members can be a server.
bool is_bare_map(const json& root) {
  auto members = root.members();
  return std::any_of(members.begin(), members.end(), [](const auto& x) {
    return !is_known_elsewhere(x.first) && x.second.is_object();
  });
}

json locate(const json& root, config_log& log) {
  if (auto servers = find_servers(root, log, ""))
    return *servers;
  if (auto inner = root.find("mcp"); inner && !inner->is_object()) {
    if (!inner->is_null())
      log.error("mcp", "must be an object");
    return json{};
  } else if (inner && !inner->find("command") && !inner->find("url")) {
    return find_servers(*inner, log, "mcp").value_or(json{});
  }
  if (is_bare_map(root))
    return root;
  config_fields in{root, "", log};
  for (auto other : {"$schema", "inputs"})
    in.take(other);
  in.report_unknown();
  return json{};
}

// -- the servers -------------------------------------------------------------

void add_server(loaded_config& out, config_log& log, const std::string& name,
                const json& object) {
  log.begin_server(name);
  auto spec = read_server(object, name, log);
  if (log.failed())
    return;
  if (auto wrong = find_fault(spec))
    log.error(wrong->field, wrong->text);
  else
    out.servers.push_back(std::move(spec));
}

void add_servers(loaded_config& out, config_log& log, const json& servers) {
  if (servers.is_null())
    return;
  if (!servers.is_object())
    return log.error("", "the servers must be an object that maps names to "
                         "servers");
  for (const auto& [name, object] : servers.members())
    if (!is_known_elsewhere(name) || object.is_object())
      add_server(out, log, name, object);
}

} // namespace

loaded_config parse_config(std::string text, std::string_view file) {
  loaded_config result;
  config_log log{result, file};
  if (text.starts_with("\xEF\xBB\xBF")) // some editors begin files with it
    text.erase(0, 3);
  json_limits limits;
  limits.bytes_max = defaults::config_bytes_max;
  auto plain = without_comments(text);
  if (is_blank(plain)) {
    log.error("", "is empty; a configuration is an object, as "
                  "{\"mcpServers\": {}}");
    return result;
  }
  auto [root, error] = json::parse(std::move(plain), limits);
  if (error.why != json_error::reason::none)
    log.error("", line_and_column(text, error.offset) + ": "
                    + sentence_for(error, text));
  else if (!root.is_object() && !root.is_null())
    log.error("", "a configuration must be an object");
  else if (root.is_object())
    add_servers(result, log, locate(root, log));
  return result;
}

std::string to_string(const config_problem& x) {
  auto result = x.file + ": ";
  if (!x.whole_file)
    result += "server '" + x.server + "': ";
  if (!x.field.empty())
    result += x.field + ": ";
  return result + x.text;
}

} // namespace troupe
