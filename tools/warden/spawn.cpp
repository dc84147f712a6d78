#include "troupe/tools/warden/spawn.hpp"
#include "troupe/tools/warden/self.hpp"
#include "troupe/transports/io/close_on_exec.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace troupe::guard {

// -- in the child ------------------------------------------------------------

[[noreturn]] static void fail(int report, guard_protocol::start_step step) {
  auto x = start_fault{step, errno};
  if (write(report, &x, sizeof(x)) < 0)
    _exit(126);
  _exit(127);
}

/// glibc hides its two own signals from sigaction; the kernel does not. A
/// struct of zeros means the default in every architecture's layout.
static void default_signals() {
  char defaults[128] = {};
  for (int x = 1; x < _NSIG; ++x)
    syscall(SYS_rt_sigaction, x, defaults, nullptr, sizeof(uint64_t));
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// The OOM killer should choose servers before their shim and their host.
static void raise_oom_score() {
  // The files in /proc/self are root's while we are not dumpable.
  allow_tracing(true);
  auto fd = open("/proc/self/oom_score_adj", O_RDWR | O_CLOEXEC);
  allow_tracing(false);
  if (fd < 0)
    return;
  char text[16] = {};
  auto n = read(fd, text, sizeof(text) - 1);
  auto score = (n > 0 ? std::atoi(text) : 0) + 200;
  n = std::snprintf(text, sizeof(text), "%d", score < 1000 ? score : 1000);
  if (pwrite(fd, text, static_cast<size_t>(n), 0) < 0)
    errno = 0; // a kernel or container may forbid it: no reason to fail
  close(fd);
}

static void set_limits(bool allow_setuid) {
  auto none = rlimit{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  // The host's umask, but never writable for others.
  auto mask = umask(0);
  umask(mask | S_IWGRP | S_IWOTH);
  raise_oom_score();
  if (!allow_setuid)
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/// Has the kernel kill us when the shim dies. If the shim died before this
/// call, our parent is not the shim any more.
static void die_with(int32_t shim) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != shim)
    _exit(126);
}

[[noreturn]] static void become_server(const guard_protocol::launch_view& what,
                                       const server_pipes& pipes, int report,
                                       int32_t shim) {
  die_with(shim);
  setsid();
  set_limits(what.head.allow_setuid != 0);
  dup2(pipes.in, 0);
  dup2(pipes.out, 1);
  dup2(pipes.err, 2);
  close_on_exec_from(3);
  if (*what.cwd != '\0' && chdir(what.cwd) != 0)
    fail(report, guard_protocol::start_step::chdir);
  default_signals();
  execve(what.path, what.argv, what.env);
  fail(report, guard_protocol::start_step::exec);
}

// -- in the shim -------------------------------------------------------------

int32_t spawn_server(const guard_protocol::launch_view& what,
                     const server_pipes& pipes, int& faults) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
    return -errno;
  auto shim = getpid();
  auto pid = fork();
  if (pid == 0)
    become_server(what, pipes, ends[1], shim);
  auto error = errno;
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return -error;
  }
  faults = ends[0];
  return pid;
}

} // namespace troupe::guard
