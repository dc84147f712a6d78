#include "troupe/tools/warden/sweep.hpp"
#include "troupe/messages/defaults.hpp"
#include "troupe/transports/guard/open_pidfd.hpp"
#include "troupe/transports/guard/send_signal.hpp"
#include "troupe/transports/guard/wake_guard.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <vector>

namespace troupe::guard {

/// Longer environments are read up to here; our mark is their first entry.
static char environment[256u << 10];

/// Reads a file of /proc/PID.
static std::string_view read_proc(int32_t pid, const char* name,
                                  std::span<char> room) {
  char path[32];
  std::snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
  auto fd = open(path, O_RDONLY | O_CLOEXEC);
  auto size = size_t{0};
  while (fd >= 0 && size < room.size()) {
    auto n = read(fd, room.data() + size, room.size() - size);
    if (n <= 0)
      break;
    size += static_cast<size_t>(n);
  }
  close(fd);
  return {room.data(), size};
}

/// The mark in a guard's command line: its environment is not readable.
static std::optional<process_mark> guard_mark_of(int32_t pid,
                                                 std::string_view name) {
  char line[1024]; // our marks are short; other options may be longer
  return find_guard_mark(read_proc(pid, "cmdline", line), name);
}

/// The mark of a server, or of a guard that a server started as a host itself.
static std::optional<process_mark> mark_of(int32_t pid) {
  auto x = find_mark(read_proc(pid, "environ", environment));
  return x ? x : guard_mark_of(pid, mark_name);
}

/// Opens a pidfd, and checks again before it signals, so that the signal cannot
/// reach another process with that pid.
template <class IsStray>
static bool strike(int32_t pid, int signal, IsStray is_stray) {
  auto fd = open_pidfd(pid);
  if (fd < 0)
    return false;
  auto hit = is_stray(pid) && send_signal(fd, signal);
  // Waits for its end, so that the next round does not find it again.
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

/// Like `strike`, for a guard that is stopped, perhaps by a tracer.
template <class IsGuard>
static bool wake(int32_t pid, IsGuard is_guard) {
  auto fd = open_pidfd(pid);
  auto pinned = fd >= 0 && is_guard(pid);
  if (pinned)
    wake_guard(pid, fd);
  close(fd);
  return pinned;
}

uint32_t sweep_own(const sweep_order& order) {
  return kill_strays([&](int32_t pid) {
    auto x = mark_of(pid);
    auto& ids = order.guarded;
    return x && x->host == order.host && x->link == order.link
           && x->number < order.horizon
           && !std::binary_search(ids.begin(), ids.end(), x->number);
  });
}

// -- strays of other hosts ---------------------------------------------------

/// Whether the mark is of a host of this boot and namespace that has ended.
static bool is_foreign(const std::optional<process_mark>& x,
                       const process_identity& self) {
  return x && x->host.boot == self.boot
         && x->host.pid_namespace == self.pid_namespace && is_gone(x->host);
}

/// Whether it is in state 'T' or 't': stopped by a signal, or by a tracer.
static bool is_stopped(int32_t pid) {
  char room[512];
  auto text = read_proc(pid, "stat", room);
  auto state = text.substr(std::min(text.rfind(')'), text.size()));
  return state.starts_with(") T") || state.starts_with(") t");
}

uint32_t sweep_foreign(const process_identity& self) {
  auto is_stray = [&](int32_t pid) { return is_foreign(mark_of(pid), self); };
  auto is_guard = [&](int32_t pid) {
    return is_foreign(guard_mark_of(pid, guard_mark_name), self);
  };
  auto found = false;
  each_process([&](int32_t pid) {
    // A guard that is continued does its work, and better than this sweep.
    found = (is_guard(pid) && wake(pid, is_guard)) || is_stray(pid) || found;
  });
  if (!found)
    return 0;
  // There is no event for the end of another host's shims: wait.
  auto grace = std::chrono::milliseconds{defaults::stray_grace};
  poll(nullptr, 0, static_cast<int>(grace.count()));
  // A guard that runs is still at work. One that does not is killed last: while
  // it is there, all that it guards can be found.
  auto is_idle_guard = [&](int32_t pid) {
    return is_stopped(pid) && is_guard(pid);
  };
  auto guards = std::vector<int32_t>{};
  auto is_guarded = [&](int32_t pid) {
    // In this order: a guard of a dead host has not taken another's pid.
    return std::any_of(guards.begin(), guards.end(), [&](int32_t guard) {
      return descends_from(pid, guard) && is_guard(guard);
    });
  };
  each_process([&](int32_t pid) {
    if (is_idle_guard(pid))
      guards.push_back(pid);
  });
  auto killed = kill_strays([&](int32_t pid) {
    return is_stray(pid) || (!is_guard(pid) && is_guarded(pid));
  });
  return killed + kill_strays(is_idle_guard);
}

} // namespace troupe::guard
