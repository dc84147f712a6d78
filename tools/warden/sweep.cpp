#include "tools/warden/sweep.hpp"
#include "messages/defaults.hpp"
#include "tools/warden/self.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace troupe::guard {

/// Longer environments are read up to here; ours is their first entry.
static char environment[256u << 10];

static std::optional<cookie> cookie_of(int32_t pid) {
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
  return find_cookie({environment, size});
}

/// The pidfd pins the process; only then is it looked at again, so the signal
/// cannot reach another that took its pid.
template <class IsStray>
static bool kill_stray(int32_t pid, IsStray is_stray) {
  auto fd = open_pidfd(pid);
  if (fd < 0)
    return false;
  auto x = cookie_of(pid);
  auto hit = x && is_stray(*x)
             && syscall(SYS_pidfd_send_signal, fd, SIGKILL, nullptr, 0) == 0;
  // Waits for its end, so that the next look does not find it again.
  auto ended = pollfd{fd, POLLIN, 0};
  if (hit)
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
      auto x = cookie_of(pid);
      if (x && is_stray(*x) && kill_stray(pid, is_stray))
        ++killed;
    });
    if (killed == before)
      break;
  }
  return killed;
}

uint32_t sweep_own(const sweep_order& order) {
  return kill_strays([&](const cookie& x) {
    auto& ids = order.guarded;
    return x.host == order.host && x.link == order.link
           && x.number < order.horizon
           && !std::binary_search(ids.begin(), ids.end(), x.number);
  });
}

uint32_t sweep_foreign(const process_identity& self) {
  auto is_stray = [&](const cookie& x) {
    return x.host.boot == self.boot
           && x.host.pid_namespace == self.pid_namespace && is_gone(x.host);
  };
  auto found = false;
  each_process([&](int32_t pid) {
    auto x = cookie_of(pid);
    found = found || (x && is_stray(*x));
  });
  if (!found)
    return 0;
  // Nothing tells when another host's shims are done.
  auto grace = std::chrono::milliseconds{defaults::stray_grace};
  poll(nullptr, 0, static_cast<int>(grace.count()));
  return kill_strays(is_stray);
}

} // namespace troupe::guard
