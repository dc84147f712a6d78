#include "troupe/tools/troupe/render_text.hpp"

#include "troupe/messages/escape.hpp"
#include "troupe/messages/mcp.hpp"
#include "troupe/tools/troupe/limits.hpp"
#include "troupe/tools/troupe/render_json.hpp"

namespace troupe::cli {

namespace {

std::string first_line(std::string_view text) {
  return escape_line(text.substr(0, text.find('\n')),
                     limits::summary_bytes_max);
}

std::string problems_text(const json& x, const style& look) {
  std::string result;
  auto all = x.find("errors");
  for (auto& problem : all ? all->items() : std::vector<json>{}) {
    result += look.bad("error: ") + shown(problem, "file") + ": ";
    if (!flag_in(problem, "whole_file"))
      result += "server '" + shown(problem, "server") + "': ";
    if (auto field = shown(problem, "field"); !field.empty())
      result += field + ": ";
    result += shown(problem, "text") + '\n';
  }
  return result;
}

/// Explains why servers are not ready that should be.
std::string troubles_text(const json& servers, const style& look) {
  std::string result;
  for (auto& server : servers.items()) {
    auto error = server.find("last_error").value_or(json{});
    if (error.is_object() && phase_in(server, "phase") != phase::ready)
      result +=
        look.strong(shown(server, "name")) + ": " + error_text(error) + '\n';
  }
  return result;
}

std::string one_content(const content_block& x) {
  if (x.type == "text")
    return escape_text(x.text);
  auto result = "[" + escape_line(x.type, limits::summary_bytes_max);
  for (auto& part : {x.name, x.uri, x.mime_type})
    if (!part.empty())
      result += ' ' + escape_line(part, limits::summary_bytes_max);
  if (!x.data.empty())
    result += ", " + std::to_string(x.data.size()) + " bytes of Base64";
  result += ']';
  return x.text.empty() ? result : result + '\n' + escape_text(x.text);
}

rendered call_text(const json& x, const style& look) {
  rendered result{content_text(x.find("result").value_or(json{})), {}};
  if (flag_in(x, "is_error"))
    result.error = look.bad("failed: ") + "the tool " + shown(x, "tool")
                   + " of " + shown(x, "server")
                   + " says that it did not succeed\n";
  return result;
}

std::string reload_text(const json& x, const style& look) {
  auto status = x.find("status").value_or(json{});
  auto now = phase_in(status, "phase");
  return look.strong(shown(x, "server")) + ": "
         + look.paint(to_string(now), now) + ", incarnation "
         + std::to_string(number_in(status, "incarnation")) + ", pid "
         + std::to_string(number_in(status, "pid")) + '\n';
}

std::string close_text(const json& x, const style& look) {
  auto how = x.find("stopped").value_or(json{});
  stop_report report;
  report.exit_status = static_cast<int32_t>(number_in(how, "exit_status"));
  report.term_signal = static_cast<int32_t>(number_in(how, "term_signal"));
  report.killed = static_cast<uint32_t>(number_in(how, "killed"));
  auto signals = how.find("signals").value_or(json{});
  for (auto& signal : signals.items())
    report.signals.push_back(signal.as_string().value_or(""));
  auto left = shown(how, "proof");
  for (auto y : {proof::never_started, proof::empty, proof::swept,
                 proof::best_effort, proof::unkillable, proof::no_process})
    if (to_string(y) == left)
      report.left = y;
  return look.strong(shown(x, "server")) + ": closed: " + in_words(report)
         + '\n';
}

std::string text_for(command what, const json& x, const style& look) {
  switch (what) {
    case command::list: return list_text(x, look);
    case command::tools: return tools_text(x, look);
    case command::reload: return reload_text(x, look);
    case command::close: return close_text(x, look);
    case command::status: return status_text(x, look);
    default: return {};
  }
}

} // namespace

// -- whole outcomes -----------------------------------------------------------

rendered render_text(command what, const outcome& x, const style& look) {
  if (auto error = x.value.find("error"))
    return {{}, look.bad("error: ") + error_text(*error) + '\n'};
  if (what == command::call)
    return call_text(x.value, look);
  return {text_for(what, x.value, look), {}};
}

rendered render_json(const outcome& x) {
  return {terminal_safe(x.value) + '\n', {}};
}

// -- parts --------------------------------------------------------------------

std::string list_text(const json& x, const style& look) {
  table result;
  result.row({"SERVER", "STATE", "COMMAND", "DESCRIPTION"});
  auto servers = x.find("servers").value_or(json{});
  for (auto& server : servers.items())
    result.row({shown(server, "name"), shown(server, "phase"),
                shown(server, "command"), shown(server, "description")});
  return result.text() + troubles_text(servers, look) + problems_text(x, look);
}

std::string tools_text(const json& x, const style& look) {
  std::string result;
  auto servers = x.find("servers").value_or(json{});
  for (auto& server : servers.items()) {
    result += look.strong(shown(server, "name"));
    if (auto error = server.find("error")) {
      result += ": " + look.bad("error: ") + error_text(*error) + '\n';
      continue;
    }
    result += flag_in(server, "stale") ? " (as last known)\n" : "\n";
    auto tools = server.find("tools").value_or(json{});
    for (auto& tool : tools.items()) {
      auto text = tool.find("description").value_or(json{}).as_string();
      result += "  " + shown(tool, "name") + "  "
                + look.faint(first_line(text.value_or(""))) + '\n';
    }
    auto rejected = server.find("rejected").value_or(json{});
    for (auto& why : rejected.items())
      result += "  " + look.bad("left out: ")
                + first_line(why.as_string().value_or("")) + '\n';
    if (auto cut = shown(server, "cut"); !cut.empty())
      result += "  " + look.bad("incomplete: ") + cut + '\n';
  }
  return result;
}

std::string content_text(const json& result) {
  call_tool_result x{result};
  std::string text;
  for (auto& block : x.content()) {
    text += one_content(block);
    if (text.empty() || text.back() != '\n')
      text += '\n';
  }
  auto structured = x.structured_content();
  if (text.empty() && !structured.is_null())
    text = terminal_safe(structured) + '\n';
  return text;
}

// -- reading values -----------------------------------------------------------

std::string shown(const json& x, std::string_view key) {
  auto text = x.find(key).value_or(json{}).as_string();
  return shown_line(text.value_or(""));
}

int64_t number_in(const json& x, std::string_view key) {
  return x.find(key).value_or(json{}).as_integer().value_or(0);
}

bool flag_in(const json& x, std::string_view key) {
  return x.find(key).value_or(json{}).as_bool().value_or(false);
}

phase phase_in(const json& x, std::string_view key) {
  auto name = shown(x, key);
  for (auto i = phase::idle; i != phase::stopped;
       i = static_cast<phase>(static_cast<uint8_t>(i) + 1))
    if (to_string(i) == name)
      return i;
  return phase::stopped;
}

std::string error_text(const json& error) {
  auto code = shown(error, "code");
  auto text = shown(error, "text");
  auto result = code + ": " + text;
  if (auto number = number_in(error, "server_code"); number != 0)
    result += " (" + std::to_string(number) + ')';
  if (shown(error, "fate") == "outcome_unknown")
    result += "; it may have run";
  return result;
}

} // namespace troupe::cli
