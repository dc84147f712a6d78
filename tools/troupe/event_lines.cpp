#include "troupe/tools/troupe/event_lines.hpp"

#include "troupe/messages/escape.hpp"
#include "troupe/tools/troupe/limits.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <unistd.h>

namespace troupe::cli {

namespace {

std::string coloured(std::string_view text, const char* code, bool wanted) {
  auto plain = std::string{text};
  return wanted ? std::string{"\x1b["} + code + 'm' + plain + "\x1b[0m" : plain;
}

const char* colour_of(phase x) {
  switch (x) {
    case phase::ready: return "32";
    case phase::degraded:
    case phase::failed:
    case phase::auth_required: return "31";
    case phase::stopped:
    case phase::idle: return "2";
    default: return "33";
  }
}

std::string number(int64_t x, const char* unit) {
  return std::to_string(x) + ' ' + unit;
}

std::string two_units(int64_t x, int64_t small_per_large, const char* large,
                      const char* small) {
  auto result = number(x / small_per_large, large);
  return x % small_per_large == 0
           ? result
           : result + ' ' + number(x % small_per_large, small);
}

std::string formatted(const char* format, bool utc) {
  auto now = std::time(nullptr);
  std::tm parts{};
  (utc ? gmtime_r : localtime_r)(&now, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof(text), format, &parts)};
}

std::string heading(const std::string& server, const style& look) {
  return look.strong(shown_line(server)) + ": ";
}

} // namespace

std::string shown_line(std::string_view text) {
  return escape_line(text, limits::shown_bytes_max);
}

// -- colours ------------------------------------------------------------------

std::string style::paint(std::string_view text, phase x) const {
  return coloured(text, colour_of(x), colours);
}

std::string style::strong(std::string_view text) const {
  return coloured(text, "1", colours);
}

std::string style::bad(std::string_view text) const {
  return coloured(text, "31", colours);
}

std::string style::faint(std::string_view text) const {
  return coloured(text, "2", colours);
}

style style_for(int fd) {
  auto unwanted = std::getenv("NO_COLOR");
  auto terminal = std::getenv("TERM");
  auto dumb = terminal == nullptr || std::strcmp(terminal, "dumb") == 0;
  auto refused = unwanted != nullptr && *unwanted != '\0';
  return {::isatty(fd) == 1 && !refused && !dumb};
}

std::string in_words(std::chrono::milliseconds x) {
  auto ms = x.count();
  if (ms < 1000)
    return number(ms, "ms");
  if (ms < 60'000) {
    auto tenths = ms / 100 % 10;
    return std::to_string(ms / 1000) + '.' + std::to_string(tenths) + " s";
  }
  auto seconds = ms / 1000;
  if (seconds < 3600)
    return two_units(seconds, 60, "min", "s");
  if (seconds < 24 * 3600)
    return two_units(seconds / 60, 60, "h", "min");
  return two_units(seconds / 3600, 24, "d", "h");
}

std::string clock_time() {
  return formatted("%H:%M:%S", false);
}

std::string full_time() {
  return formatted("%Y-%m-%dT%H:%M:%SZ", true);
}

// -- lines --------------------------------------------------------------------

bool ends_a_life(const client_event& x) {
  return x.stopped.incarnation > 0 && x.stopped.incarnation == x.incarnation;
}

std::string_view kind_of(const diagnostic& x) {
  switch (x.what) {
    case diagnostic::kind::stderr_line: return "stderr";
    case diagnostic::kind::stdout_noise: return "stdout";
    case diagnostic::kind::protocol_fault: return "protocol";
    case diagnostic::kind::unkillable: return "unkillable";
    case diagnostic::kind::server_log: return "log";
    case diagnostic::kind::start_warning: return "warning";
    case diagnostic::kind::throttled: return "throttled";
    case diagnostic::kind::embedder_fault: return "callback";
  }
  return "remark";
}

/// Changes that are shown with their reason.
static bool is_trouble(phase x) {
  return x == phase::backoff || x == phase::degraded || x == phase::failed
         || x == phase::auth_required;
}

static std::string reason_of(const client_event& x) {
  std::string result;
  if (x.why != errc::none)
    result += ": " + std::string{to_string(x.why)};
  if (x.why != errc::none && !x.text.empty())
    result += ": " + shown_line(x.text);
  if (x.next_retry.count() > 0)
    result += "; next try in " + in_words(x.next_retry);
  return result;
}

std::string event_line(const client_event& x, const style& look) {
  auto result = heading(x.server, look) + look.paint(to_string(x.to), x.to);
  if (x.to == phase::ready || x.to == phase::handshaking) {
    result += " (incarnation " + std::to_string(x.incarnation);
    if (x.pid > 0)
      result += ", pid " + std::to_string(x.pid);
    result += ')';
  }
  if (is_trouble(x.to) || x.from == x.to)
    result += reason_of(x);
  if (x.to == phase::stopped)
    result += ": " + in_words(x.stopped);
  return result;
}

std::string event_line(const diagnostic& x, const style& look) {
  return heading(x.server, look) + look.faint(kind_of(x)) + ": "
         + shown_line(x.text);
}

std::string in_words(const stop_report& x) {
  std::string result;
  if (x.left == proof::never_started)
    return "never started";
  if (x.term_signal > 0)
    result = "ended by signal " + std::to_string(x.term_signal);
  else if (x.exit_status >= 0)
    result = "exit status " + std::to_string(x.exit_status);
  else
    result = "ended";
  for (auto& signal : x.signals)
    result += ", sent " + shown_line(signal);
  if (x.killed > 0)
    result += ", " + std::to_string(x.killed) + " killed";
  return result + ", "
         + (is_clean(x.left) ? "nothing is left" : "something may be left")
         + " (" + std::string{to_string(x.left)} + ')';
}

std::string counted(size_t count, std::string_view what) {
  return std::to_string(count) + ' ' + std::string{what}
         + (count == 1 ? "" : "s");
}

std::string stopped_lines(const stop_all_report& x, const style& look) {
  std::string result;
  auto all = std::min(x.names.size(), x.reports.size());
  auto now = all - std::min<size_t>(x.earlier, all);
  for (size_t i = 0; i < all; ++i)
    if (!is_clean(x.reports[i].left))
      result += heading(x.names[i], look) + (i < now ? "" : "before: ")
                + look.bad(in_words(x.reports[i])) + '\n';
  auto count = counted(now, "server");
  return result
         + (x.clean ? "stopped " + count + ", nothing is left"
                    : look.bad("stopped " + count + ", something may be left"));
}

} // namespace troupe::cli
