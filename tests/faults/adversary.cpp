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
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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

/// Runs `f` in a process that is in no group of ours and has no parent of ours,
/// as a daemon.
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

/// Writes for ever, and tells once that its pipe has no reader any more.
[[noreturn]] static void spinner() {
  ignore_signals();
  report("leader");
  ready();
  auto told = false;
  for (;;)
    if (write(1, "line\n", 5) < 0 && errno == EPIPE && !told) {
      told = true;
      report("spinning");
    }
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

// -- kinds that trace their guards -------------------------------------------

static void come_back_without_environment(char** argv) {
  // Do not die with the shim, and drop the mark by which a sweep finds us.
  prctl(PR_SET_PDEATHSIG, 0);
  char* none[] = {nullptr};
  if (*environ != nullptr)
    execve("/proc/self/exe", argv, none);
  // Held earlier, the shim could not even tell that we were started.
  await_report("started");
}

/// Stops a guard by tracing it; false where that is not allowed. A traced guard
/// does nothing any more, and when it dies only its tracer can reap it.
static bool hold(pid_t guard) {
  return ptrace(PTRACE_ATTACH, guard, nullptr, nullptr) == 0
         && waitpid(guard, nullptr, __WALL) == guard;
}

static pid_t warden_of(pid_t shim) {
  char path[32];
  std::snprintf(path, sizeof(path), "/proc/%d/stat", shim);
  auto parent = 0;
  auto in = std::fopen(path, "re");
  if (in == nullptr || std::fscanf(in, "%*d (mcp-shim) %*c %d", &parent) != 1)
    _exit(7);
  std::fclose(in);
  return parent;
}

[[noreturn]] static void tracer(char** argv, bool of_warden) {
  come_back_without_environment(argv);
  ignore_signals();
  auto shim = getppid();
  if (of_warden && !hold(warden_of(shim)))
    _exit(8);
  if (hold(shim))
    report("held", shim);
  else
    report("refused");
  report("leader");
  ready();
  linger_with_nothing();
}

/// No server: holds a guard from outside.
[[noreturn]] static void holder(pid_t guard) {
  if (!hold(guard))
    _exit(8);
  linger();
}

/// The second one holds the shim as soon as the first one does not.
[[noreturn]] static void two_tracers(char** argv) {
  come_back_without_environment(argv);
  ignore_signals();
  auto shim = getppid();
  if (!hold(shim))
    _exit(8);
  in_child([=] {
    report("second");
    close_all();
    while (!hold(shim))
      poll(nullptr, 0, 1);
    linger();
  });
  await_report("second");
  report("held", shim);
  report("leader");
  ready();
  linger_with_nothing();
}

// -- kinds that change their user --------------------------------------------

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
  if (kind == "spinner")
    spinner();
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
  if (kind == "tracer" || kind == "tracer-of-both")
    tracer(argv, kind == "tracer-of-both");
  if (kind == "two-tracers")
    two_tracers(argv);
  if (kind == "holder" && argc > 3)
    holder(std::atoi(argv[3]));
  if (kind == "sleeper")
    sleeper();
  if (kind == "suid" && argc > 3)
    suid(argv[3], argv[2]);
  return 2;
}
