#include "tools/warden/sweep.hpp"
#include "messages/defaults.hpp"
#include "transports/open_pidfd.hpp"
#include "transports/send_signal.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace troupe::guard {

/// Longer environments are read up to here; ours is their first entry.
static char environment[256u << 10];

/// By the name of its variable: `cookie_name` for servers.
static std::optional<cookie> cookie_of(int32_t pid, std::string_view name) {
  char path[32];
  std::snprintf(path, sizeof(path), "/proc/%d/environ", pid);
  auto fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return std::nullopt;
  auto size = size_t{0};
  while (size < sizeof(environment)) {
    auto n = read(fd, environment + size, sizeof(environment) - size);
    if (n <= 0)
      break;
    size += static_cast<size_t>(n);
  }
  close(fd);
  return find_cookie({environment, size}, name);
}

/// The pidfd pins the process; only then is it looked at again, so the signal
/// cannot reach another that took its pid.
template <class IsStray>
static bool strike(int32_t pid, int signal, IsStray is_stray) {
  auto fd = open_pidfd(pid);
  if (fd < 0)
    return false;
  auto hit = is_stray(pid) && send_signal(fd, signal);
  // Waits for its end, so that the next look does not find it again.
  auto ended = pollfd{fd, POLLIN, 0};
  if (hit && signal == SIGKILL)
    poll(&ended, 1, 1000);
  close(fd);
  return hit;
}

/// Calls `f(pid)` for each process that may be a stray.
template <class F>
static void each_process(F f) {
  auto* proc = opendir("/proc");
  if (proc == nullptr)
    return;
  while (auto* entry = readdir(proc)) {
    auto pid = std::atoi(entry->d_name);
    if (pid > 1 && pid != getpid() && pid != getppid())
      f(pid);
  }
  closedir(proc);
}

template <class IsStray>
static uint32_t kill_strays(IsStray is_stray) {
  auto killed = uint32_t{0};
  for (size_t round = 0; round < defaults::sweep_rounds_max; ++round) {
    auto before = killed;
    each_process([&](int32_t pid) {
      if (is_stray(pid) && strike(pid, SIGKILL, is_stray))
        ++killed;
    });
    if (killed == before)
      break;
  }
  return killed;
}

uint32_t sweep_own(const sweep_order& order) {
  return kill_strays([&](int32_t pid) {
    auto x = cookie_of(pid, cookie_name);
    auto& ids = order.guarded;
    return x && x->host == order.host && x->link == order.link
           && x->number < order.horizon
           && !std::binary_search(ids.begin(), ids.end(), x->number);
  });
}

// -- what other hosts left ---------------------------------------------------

/// Of a host of this boot and namespace that has ended.
static bool is_foreign(const std::optional<cookie>& x,
                       const process_identity& self) {
  return x && x->host.boot == self.boot
         && x->host.pid_namespace == self.pid_namespace && is_gone(x->host);
}

/// 'T' or 't': stopped by a signal, or by a debugger.
static bool is_stopped(int32_t pid) {
  char path[32];
  char text[512];
  std::snprintf(path, sizeof(path), "/proc/%d/stat", pid);
  auto fd = open(path, O_RDONLY | O_CLOEXEC);
  auto n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
  close(fd);
  text[n > 0 ? n : 0] = '\0';
  auto bracket = std::strrchr(text, ')');
  return bracket != nullptr
         && (bracket[1] != '\0' && (bracket[2] == 'T' || bracket[2] == 't'));
}

uint32_t sweep_foreign(const process_identity& self) {
  auto is_stray = [&](int32_t pid) {
    return is_foreign(cookie_of(pid, cookie_name), self);
  };
  auto is_guard = [&](int32_t pid) {
    return is_foreign(cookie_of(pid, guard_cookie_name), self);
  };
  auto found = false;
  each_process([&](int32_t pid) {
    // Continued, a guard that was stopped does its work, and better than we.
    found = (is_guard(pid) && strike(pid, SIGCONT, is_guard)) || is_stray(pid)
            || found;
  });
  if (!found)
    return 0;
  // Nothing tells when another host's shims are done.
  auto grace = std::chrono::milliseconds{defaults::stray_grace};
  poll(nullptr, 0, static_cast<int>(grace.count()));
  // A guard that runs has a reason to be still there.
  return kill_strays([&](int32_t pid) {
    return is_stray(pid) || (is_stopped(pid) && is_guard(pid));
  });
}

} // namespace troupe::guard
