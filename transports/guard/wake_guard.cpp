#include "troupe/transports/guard/wake_guard.hpp"
#include "troupe/messages/defaults.hpp"
#include "troupe/transports/guard/open_pidfd.hpp"
#include "troupe/transports/guard/send_signal.hpp"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

namespace troupe {

/// What /proc/PID/status tells; zeros where there is no such process.
struct process_status {
  int32_t process = 0; ///< whose thread it is
  int32_t parent = 0;
  int32_t tracer = 0; ///< a thread
};

static int32_t field(std::string_view text, std::string_view name) {
  auto value = int32_t{0};
  auto at = text.find(name);
  if (at != text.npos) {
    text.remove_prefix(at + name.size());
    std::from_chars(text.data(), text.data() + text.size(), value);
  }
  return value;
}

static process_status status_of(int32_t pid) {
  char path[32];
  char bytes[1024];
  std::snprintf(path, sizeof(path), "/proc/%d/status", pid);
  auto fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return {};
  auto n = read(fd, bytes, sizeof(bytes));
  close(fd);
  // The name comes first; the kernel writes its line ends as two characters.
  auto text = std::string_view{bytes, n > 0 ? static_cast<size_t>(n) : 0};
  return {field(text, "\nTgid:\t"), field(text, "\nPPid:\t"),
          field(text, "\nTracerPid:\t")};
}

bool descends_from(int32_t pid, int32_t ancestor) {
  for (size_t i = 0; i < defaults::ancestors_max && pid > 1; ++i) {
    pid = status_of(pid).parent;
    if (pid == ancestor)
      return true;
  }
  return false;
}

static void kill_own_tracer(int32_t guard, int pidfd) {
  auto thread = status_of(guard).tracer;
  auto tracer = thread != 0 ? status_of(thread).process : 0;
  auto fd = tracer > 0 ? open_pidfd(tracer) : -1;
  if (fd < 0)
    return;
  // Its pidfd is pinned: check again that it traces the guard, and both live
  // on.
  if (status_of(guard).tracer == thread && status_of(thread).process == tracer
      && descends_from(tracer, guard) && send_signal(pidfd, 0))
    send_signal(fd, SIGKILL);
  close(fd);
}

void wake_guard(int32_t pid, int pidfd) {
  if (pid > 0 && pidfd >= 0)
    kill_own_tracer(pid, pidfd);
  // After the kill, since the tracer's death leaves the guard stopped.
  send_signal(pidfd, SIGCONT);
}

} // namespace troupe
