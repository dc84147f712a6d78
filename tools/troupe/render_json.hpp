#pragma once

#include "troupe/messages/commands.hpp"
#include "troupe/messages/config/config.hpp"

#include <string>
#include <utility>
#include <vector>

/// What `--json` prints, and what is sent over the control socket. The names of
/// members are stable; times are integers in milliseconds, `_ms`. Texts of
/// servers are unescaped in it: `terminal_safe` before printing.
namespace troupe::cli {

/// The data of a supervising program besides its servers.
struct supervised {
  std::string config; ///< the file's real path
  std::string socket;
  int32_t pid = 0; ///< 0: none runs, and the configuration was only read
  loaded_config loaded;
};

void write(json_writer& out, const failure& x);
void write(json_writer& out, const stop_report& x);
void write(json_writer& out, const client_status& x);
void write(json_writer& out, const tool_list& x);
/// As the member of that name.
void write_problems(json_writer& out, const char* name,
                    const std::vector<config_problem>& all);

json status_json(const supervised& about, const tree_status& tree);

/// All servers of the configuration, with their status; also those that run and
/// are not in it any more.
json list_json(const supervised& about, const tree_status& tree);

using named_tools = std::vector<std::pair<std::string, answer<tool_list>>>;
json tools_json(const named_tools& all);

json call_json(const std::string& server, const std::string& tool,
               const call_tool_result& result);
json reload_json(const client_status& x);
json close_json(const std::string& server, const stop_report& x);

// -- what `run --json` prints, each with "event" and "time" -------------------

json running_json(const supervised& about, const std::string& time);
json event_json(const client_event& x, const std::string& time);
json event_json(const diagnostic& x, const std::string& time);
json dropped_json(uint64_t count, const std::string& time);
json stopped_json(const stop_all_report& x, const std::string& time);

/// The value on one line; characters that could steer a terminal or deceive a
/// reader are written as `\u001b`.
std::string terminal_safe(const json& x);

} // namespace troupe::cli
