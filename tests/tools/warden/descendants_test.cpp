// Covers tools/warden/descendants.hpp, tools/warden/children.hpp,
// transports/io/close_on_exec.hpp.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tools/warden/descendants.hpp"
#include "troupe/transports/io/close_on_exec.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <set>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace troupe;
using guard::children;
using source = children::source;

/// Runs `f` in a process that has no children yet; whether it said true.
static bool alone(const std::function<bool()>& f) {
  auto pid = fork();
  if (pid == 0) {
    alarm(60);
    // A parent's end must not leave what it started.
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    _exit(f() ? 0 : 1);
  }
  auto status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// A child that waits for a signal.
static pid_t sleeper(const char* name = "sleeper") {
  auto pid = fork();
  if (pid != 0)
    return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, name);
  for (;;)
    pause();
}

static std::set<pid_t> seen_by(source from) {
  auto out = std::set<pid_t>{};
  children{from}.each([&](int32_t pid) { out.insert(pid); });
  return out;
}

SCENARIO("a guard sees all its children, with and without a kernel's list",
         "[descendants]") {
  auto from = GENERATE(source::listed, source::scanned);
  GIVEN("none") {
    CHECK(alone([=] { return seen_by(from).empty(); }));
  }
  GIVEN("more than one read brings, dead ones and odd names among them") {
    CHECK(alone([=] {
      auto all = std::set<pid_t>{};
      for (int i = 0; i < 900; ++i) {
        auto pid = i % 300 == 0 ? sleeper(") Z 1 (") : fork();
        if (pid == 0)
          _exit(0);
        all.insert(pid);
      }
      return seen_by(from) == all;
    }));
  }
}

SCENARIO("descendants end with and without a kernel's list", "[descendants]") {
  auto from = GENERATE(source::listed, source::scanned);
  GIVEN("a leader with its group, and an adopted process out of it") {
    CHECK(alone([=] {
      int up[2];
      if (pipe(up) != 0)
        return false;
      auto leader = fork();
      if (leader == 0) {
        setsid();
        sleeper();
        if (fork() == 0) {
          // Its parent ends: it is the subreaper's.
          if (fork() != 0)
            _exit(0);
          setsid();
          if (write(up[1], "x", 1) != 1)
            _exit(1);
          for (;;)
            pause();
        }
        for (;;)
          pause();
      }
      char byte;
      auto x = guard::descendants{from};
      x.adopt_leader(leader);
      auto ready = read(up[0], &byte, 1) == 1;
      auto alive = !x.reap();
      auto gone = leaks::eventually([&] {
        x.signal_all(SIGKILL);
        return x.reap();
      });
      return ready && alive && gone && x.leader_ended()
             && x.term_signal() == SIGKILL
             && leaks::children_of(getpid()).empty();
    }));
  }
}

SCENARIO("no descriptor passes an exec, on every kernel", "[descendants]") {
  auto mark = GENERATE(&close_on_exec_from, &close_on_exec_each);
  GIVEN("descriptors with gaps, more than one read of the list brings") {
    CHECK(alone([=] {
      for (int fd = 10; fd < 200; fd += 1 + fd % 3)
        if (dup2(0, fd) != fd)
          return false;
      mark(20);
      auto wrong = 0;
      auto marked = 0;
      for (int fd = 10; fd < 200; ++fd) {
        auto flags = fcntl(fd, F_GETFD);
        wrong += flags >= 0 && (flags == FD_CLOEXEC) != (fd >= 20);
        marked += flags == FD_CLOEXEC;
      }
      return wrong == 0 && marked > 80;
    }));
  }
}
