#include "troupe/tools/troupe/render_text.hpp"

#include <algorithm>
#include <utility>

namespace troupe::cli {

namespace {

/// Characters, not bytes, so that names in any script line up.
size_t width_of(std::string_view text) {
  auto begins = [](char c) { return (c & 0xC0) != 0x80; };
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), begins));
}

std::string time_in(const json& x, std::string_view key) {
  return in_words(std::chrono::milliseconds{number_in(x, key)});
}

std::string count_in(const json& x, std::string_view key) {
  return std::to_string(number_in(x, key));
}

std::string or_dash(std::string text, bool there) {
  return there ? std::move(text) : "-";
}

std::string head(const json& x, const style& look) {
  auto warden = x.find("warden").value_or(json{});
  auto result = look.strong("troupe") + " pid " + count_in(x, "pid") + ", up "
                + time_in(x, "uptime_ms") + ", " + shown(x, "config") + '\n';
  if (number_in(warden, "pid") != 0)
    result += "|- warden pid " + count_in(warden, "pid") + ", restarts "
              + count_in(warden, "restarts") + '\n';
  return result;
}

std::string actors(const json& x, const style& look) {
  std::string result;
  auto all = x.find("actors").value_or(json{});
  for (auto& actor : all.items())
    if (shown(actor, "kind") != "troupe.transport") // a part of its server
      result += "|- " + shown(actor, "kind") + ' '
                + look.faint(shown(actor, "text") + ", mailbox "
                             + count_in(actor, "mailbox_depth"))
                + '\n';
  return result;
}

std::string servers_table(const json& x) {
  table result;
  result.row({"|- SERVER", "PHASE", "RUN", "PID", "UP", "RESTARTS", "IN FLIGHT",
              "QUEUED", "NEXT RETRY"});
  auto all = x.find("servers").value_or(json{});
  for (auto& server : all.items()) {
    auto up = number_in(server, "uptime_ms") > 0;
    auto retry = number_in(server, "next_retry_ms") > 0;
    result.row({"|- " + shown(server, "name"), shown(server, "phase"),
                count_in(server, "incarnation"),
                or_dash(count_in(server, "pid"), number_in(server, "pid") > 0),
                or_dash(time_in(server, "uptime_ms"), up),
                count_in(server, "restarts"), count_in(server, "in_flight"),
                count_in(server, "queue_depth"),
                or_dash(time_in(server, "next_retry_ms"), retry)});
  }
  return result.text();
}

/// The problem's server; an empty name is quoted, so that it can be seen.
std::string name_in(const json& problem) {
  auto name = shown(problem, "server");
  return name.empty() && !flag_in(problem, "whole_file") ? "''" : name;
}

std::string remarks(const json& x, const style& look) {
  std::string result;
  auto all = x.find("servers").value_or(json{});
  for (auto& server : all.items()) {
    auto name = look.strong(shown(server, "name")) + ": ";
    if (auto error = server.find("last_error"); error && error->is_object())
      result += name + "last error: " + error_text(*error) + '\n';
    if (auto text = shown(server, "weaker_guarantee"); !text.empty())
      result += name + text + '\n';
    if (auto text = shown(server, "throttled"); !text.empty())
      result += name + text + '\n';
  }
  auto problems = x.find("errors").value_or(json{});
  for (auto& problem : problems.items())
    result += look.bad("not used: ") + name_in(problem) + ": "
              + shown(problem, "text") + '\n';
  return result;
}

} // namespace

// -- table --------------------------------------------------------------------

void table::row(std::vector<std::string> cells) {
  rows_.push_back(std::move(cells));
}

std::string table::text() const {
  std::vector<size_t> widths;
  for (auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string result;
  for (auto& row : rows_) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] - width_of(row[i]) + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + '\n';
  }
  return result;
}

// -- status -------------------------------------------------------------------

std::string status_text(const json& x, const style& look) {
  return head(x, look) + actors(x, look) + servers_table(x) + remarks(x, look);
}

} // namespace troupe::cli
