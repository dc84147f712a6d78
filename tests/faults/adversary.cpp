// A server that does what it can to outlive its host. It tells its pids by a
// file, so that a test can look at them from outside.
//
//   adversary KIND REPORT [PROGRAM]
//
// REPORT gets a line "ROLE PID" for each process that stands, in its final
// state, and "ready" at the end. Every process ends by itself after a minute.

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static constexpr unsigned life_s = 60;
static int report_fd = -1;

// -- parts -------------------------------------------------------------------

static void report(const char* role, pid_t pid = getpid()) {
  char line[64];
  auto n = std::snprintf(line, sizeof(line), "%s %d\n", role, pid);
  if (write(report_fd, line, static_cast<size_t>(n)) != n)
    _exit(3);
}

static void ready() {
  if (write(report_fd, "ready\n", 6) != 6)
    _exit(3);
}

static void ignore_signals() {
  for (auto x : {SIGTERM, SIGHUP, SIGINT, SIGPIPE})
    signal(x, SIG_IGN);
}

static void close_all() {
  syscall(SYS_close_range, 0u, ~0u, 0u);
}

[[noreturn]] static void linger() {
  for (;;)
    pause();
}

[[noreturn]] static void linger_with_nothing() {
  close_all();
  linger();
}

/// Runs `f` in a child and goes on.
template <class F>
static pid_t in_child(F f) {
  auto pid = fork();
  if (pid != 0)
    return pid;
  alarm(life_s); // fork clears it
  f();
  _exit(0);
}

/// Runs `f` where no group and no parent of ours leads to.
template <class F>
static void in_daemon(F f) {
  in_child([&] {
    setsid();
    in_child([&] {
      setsid();
      f();
    });
  });
}

/// Waits for a line of another process.
static void await_report(const char* role) {
  for (int i = 0; i < 5000; ++i) {
    char text[4096] = {};
    if (pread(report_fd, text, sizeof(text) - 1, 0) > 0
        && std::strstr(text, role) != nullptr)
      return;
    poll(nullptr, 0, 2);
  }
  _exit(4);
}

// -- kinds -------------------------------------------------------------------

[[noreturn]] static void normal() {
  report("leader");
  ready();
  char byte;
  while (read(0, &byte, 1) > 0)
    ;
  _exit(0);
}

[[noreturn]] static void evil() {
  ignore_signals();
  in_daemon([] {
    report("escaped");
    linger_with_nothing();
  });
  await_report("escaped");
  report("leader");
  ready();
  linger_with_nothing();
}

[[noreturn]] static void pgonly() {
  ignore_signals();
  in_child([] {
    in_child([] {
      report("member");
      linger_with_nothing();
    });
  });
  await_report("member");
  report("leader");
  ready();
  linger_with_nothing();
}

/// An endless chain: each link starts the next one and ends.
[[noreturn]] static void run_chain(long step_us, time_t until) {
  for (;;) {
    setsid();
    auto step = timespec{0, step_us * 1000};
    ppoll(nullptr, 0, &step, nullptr);
    auto pid = fork();
    if (pid > 0 || time(nullptr) > until)
      _exit(0);
  }
}

[[noreturn]] static void runner(long step_us) {
  ignore_signals();
  auto until = time(nullptr) + life_s;
  in_daemon([=] {
    report("chain");
    close_all();
    run_chain(step_us, until);
  });
  await_report("chain");
  report("leader");
  ready();
  linger_with_nothing();
}

[[noreturn]] static void subreap() {
  ignore_signals();
  in_daemon([] {
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    in_daemon([] {
      report("below");
      linger_with_nothing();
    });
    await_report("below");
    report("reaper");
    linger_with_nothing();
  });
  await_report("reaper");
  report("leader");
  ready();
  linger_with_nothing();
}

[[noreturn]] static void untraced() {
  ignore_signals();
  auto pid = static_cast<pid_t>(
    syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, nullptr, 0, 0, 0));
  if (pid == 0) {
    alarm(life_s);
    setsid();
    report("escaped");
    linger_with_nothing();
  }
  await_report("escaped");
  report("leader");
  ready();
  linger_with_nothing();
}

[[noreturn]] static void stopped() {
  report("leader");
  ready();
  raise(SIGSTOP);
  linger();
}

/// Execs a setuid program, which reports by itself.
[[noreturn]] static void suid(const char* program, const char* path) {
  ignore_signals();
  in_child([=] {
    setsid();
    execl(program, program, "sleeper", path, nullptr);
    _exit(5);
  });
  await_report("sleeper");
  report("leader");
  ready();
  linger();
}

/// The setuid program itself. With the real uid, too, it is out of its user's
/// reach.
[[noreturn]] static void sleeper() {
  ignore_signals();
  if (geteuid() == 0 && setresuid(0, 0, 0) != 0)
    _exit(6);
  report(geteuid() == 0 ? "sleeper root" : "sleeper user");
  linger_with_nothing();
}

int main(int argc, char** argv) {
  if (argc < 3)
    return 2;
  alarm(life_s);
  report_fd = open(argv[2], O_RDWR | O_APPEND | O_CLOEXEC);
  auto kind = std::string{argv[1]};
  if (report_fd < 0)
    return 3;
  if (kind == "normal")
    normal();
  if (kind == "evil")
    evil();
  if (kind == "pgonly")
    pgonly();
  if (kind == "runner")
    runner(300);
  if (kind == "slow-runner")
    runner(3000);
  if (kind == "subreap")
    subreap();
  if (kind == "untraced")
    untraced();
  if (kind == "stopped")
    stopped();
  if (kind == "sleeper")
    sleeper();
  if (kind == "suid" && argc > 3)
    suid(argv[3], argv[2]);
  return 2;
}
