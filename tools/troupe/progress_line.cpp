#include "troupe/tools/troupe/progress_line.hpp"

#include "troupe/messages/escape.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/ioctl.h>
#include <unistd.h>

namespace troupe::cli {

namespace {

constexpr size_t usual_columns = 80;

std::string shown_number(double x) {
  char text[32];
  auto size = std::snprintf(text, sizeof(text), "%.6g", x);
  return {text, static_cast<size_t>(size)};
}

} // namespace

bool is_live_terminal(int fd) {
  auto terminal = std::getenv("TERM");
  auto dumb = terminal == nullptr || std::strcmp(terminal, "dumb") == 0;
  return ::isatty(fd) == 1 && !dumb;
}

size_t columns_of(int fd) {
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return usual_columns;
  return size.ws_col;
}

// One column stays free: in the last one some terminals begin a new line.
std::string progress_text(const call_progress& x, size_t columns) {
  auto text = shown_number(x.progress);
  if (x.total > 0)
    text += " of " + shown_number(x.total);
  if (!x.message.empty())
    text += ": " + x.message;
  return escape_line(text, columns > 0 ? columns - 1 : 0);
}

std::string rewritten(std::string_view text) {
  return "\r\x1b[K" + std::string{text};
}

} // namespace troupe::cli
