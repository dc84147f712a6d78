#include "troupe/transports/guard/process_mark.hpp"
#include "troupe/transports/guard/open_pidfd.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe {

// -- text --------------------------------------------------------------------

void write_mark(const process_mark& x, char (&out)[mark_text_max],
                std::string_view name) {
  std::snprintf(out, sizeof(out),
                "%s=%" PRId32 ".%" PRIu64 ".%" PRIx64 ".%" PRIx64 ".%" PRIx64
                ".%" PRIu64,
                name.data(), x.host.pid, x.host.start, x.host.boot,
                x.host.pid_namespace, x.link, x.number);
}

/// Takes a number off the front, and the `end` that must follow it.
template <class Number>
static bool take(std::string_view& text, Number& x, int base,
                 std::string_view end) {
  auto [rest, error] =
    std::from_chars(text.data(), text.data() + text.size(), x, base);
  if (error != std::errc{})
    return false;
  text.remove_prefix(static_cast<size_t>(rest - text.data()));
  if (!text.starts_with(end))
    return false;
  text.remove_prefix(end.size());
  return true;
}

std::optional<process_mark> read_mark(std::string_view text) {
  auto x = process_mark{};
  if (!take(text, x.host.pid, 10, ".") || !take(text, x.host.start, 10, ".")
      || !take(text, x.host.boot, 16, ".")
      || !take(text, x.host.pid_namespace, 16, ".")
      || !take(text, x.link, 16, ".") || !take(text, x.number, 10, ""))
    return std::nullopt;
  if (!text.empty() || x.host.pid <= 0 || x.host.start == 0)
    return std::nullopt;
  return x;
}

std::optional<process_mark> find_mark(std::string_view environment,
                                      std::string_view name) {
  while (!environment.empty()) {
    auto entry = environment.substr(0, environment.find('\0'));
    if (entry.starts_with(name) && entry.substr(name.size()).starts_with('='))
      return read_mark(entry.substr(name.size() + 1));
    environment.remove_prefix(std::min(entry.size() + 1, environment.size()));
  }
  return std::nullopt;
}

bool is_mark(std::string_view entry) {
  return find_mark(entry, mark_name).has_value()
         || find_mark(entry, guard_mark_name).has_value();
}

std::optional<process_mark> find_guard_mark(std::string_view command_line,
                                            std::string_view name) {
  auto program = command_line.substr(0, command_line.find('\0'));
  if (program != warden_title && program != shim_title
      && program != sweep_title)
    return std::nullopt;
  command_line.remove_prefix(program.size());
  return find_mark(command_line, name);
}

// -- from /proc --------------------------------------------------------------

static size_t read_file(const char* path, char* out, size_t size) {
  auto fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return 0;
  auto n = read(fd, out, size);
  close(fd);
  return n > 0 ? static_cast<size_t>(n) : 0;
}

uint64_t start_of(int32_t pid) {
  char path[32];
  char bytes[1024];
  std::snprintf(path, sizeof(path), "/proc/%d/stat", pid);
  auto text = std::string_view{bytes, read_file(path, bytes, sizeof(bytes))};
  // The name may hold anything, also blanks and brackets.
  auto bracket = text.rfind(')');
  if (bracket == text.npos || text.size() < bracket + 3)
    return 0;
  text.remove_prefix(bracket + 2);
  for (int field = 3; field < 22; ++field) {
    auto blank = text.find(' ');
    if (blank == text.npos)
      return 0;
    text.remove_prefix(blank + 1);
  }
  auto start = uint64_t{0};
  take(text, start, 10, " ");
  return start;
}

bool is_gone(const process_identity& x) {
  auto fd = open_pidfd(x.pid);
  if (fd < 0)
    return errno == ESRCH;
  // A process whose first thread has ended is a zombie in /proc and lives on:
  // only its pidfd knows when the last thread is gone.
  auto ended = pollfd{fd, POLLIN, 0};
  auto gone = start_of(x.pid) != x.start || poll(&ended, 1, 0) == 1;
  close(fd);
  return gone;
}

static uint64_t boot_number() {
  char bytes[64];
  auto n = read_file("/proc/sys/kernel/random/boot_id", bytes, sizeof(bytes));
  auto folded = uint64_t{14695981039346656037u};
  for (size_t i = 0; i < n; ++i)
    folded = (folded ^ static_cast<unsigned char>(bytes[i])) * 1099511628211u;
  return folded;
}

process_identity own_identity() {
  auto x = process_identity{};
  x.start = start_of(getpid());
  x.boot = boot_number();
  struct stat ns {};
  if (x.start == 0 || stat("/proc/self/ns/pid", &ns) != 0)
    return {};
  x.pid = getpid();
  x.pid_namespace = ns.st_ino;
  return x;
}

} // namespace troupe
