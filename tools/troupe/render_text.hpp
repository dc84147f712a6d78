#pragma once

#include "troupe/tools/troupe/control_protocol.hpp"
#include "troupe/tools/troupe/event_lines.hpp"

#include <string>
#include <vector>

/// Renders outcomes for people, safe for a terminal: all text of servers is
/// escaped.
namespace troupe::cli {

/// Text for stdout and for stderr.
struct rendered {
  std::string out;
  std::string error;
};

rendered render_text(command what, const outcome& x, const style& look);

/// With `--json`: the value on stdout.
rendered render_json(const outcome& x);

// -- parts, for the tests -----------------------------------------------------

/// A table: columns as wide as their widest cell, except the last one.
class table {
public:
  void row(std::vector<std::string> cells);
  std::string text() const;

private:
  std::vector<std::vector<std::string>> rows_;
};

std::string status_text(const json& x, const style& look);
std::string list_text(const json& x, const style& look);
std::string tools_text(const json& x, const style& look);
std::string content_text(const json& result);

// -- reading values -----------------------------------------------------------

/// A member's text on one line, escaped; empty where there is none.
std::string shown(const json& x, std::string_view key);
int64_t number_in(const json& x, std::string_view key);
bool flag_in(const json& x, std::string_view key);
phase phase_in(const json& x, std::string_view key);

/// "code: text" of a failure.
std::string error_text(const json& error);

} // namespace troupe::cli
