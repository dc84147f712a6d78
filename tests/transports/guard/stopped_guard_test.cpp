// Covers transports/guard/pulse.hpp, transports/guard/wake_guard.hpp,
// transports/guard/warden_link.hpp, tools/warden/forked.hpp.

#include "troupe/tests/support/guard_fixture.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <iostream>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace troupe;
using namespace std::chrono_literals;

static void freeze(pid_t pid) {
  kill(pid, SIGSTOP);
  if (!leaks::eventually([=] { return leaks::state_of(pid) == 'T'; }))
    throw std::runtime_error("it does not stop");
}

/// Holds it as a debugger does, so that CONT does not help. False, and says so,
/// where that is not allowed.
static bool seize(pid_t pid) {
  if (ptrace(PTRACE_SEIZE, pid, 0, 0) != 0) {
    std::cout << "SKIPPED: no process may be traced here\n";
    return false;
  }
  ptrace(PTRACE_INTERRUPT, pid, 0, 0);
  return leaks::eventually([=] { return leaks::state_of(pid) == 't'; });
}

/// Lets a process that this test traces end: its parent hears of its death only
/// once the tracer has waited for it.
static bool let_end(pid_t pid) {
  waitpid(pid, nullptr, WNOHANG | __WALL);
  return leaks::state_of(pid) == 0;
}

// -- the warden --------------------------------------------------------------

SCENARIO_METHOD(guard_fixture, "a warden that was stopped is continued",
                "[stopped]") {
  auto x = run({"/bin/cat"});
  wait_started(*x);
  auto warden = guard->pid();
  freeze(warden);
  WHEN("a server is to start") {
    auto y = run({"/bin/cat"});
    wait_started(*y);
    THEN("it comes up under the same warden, and no server is harmed") {
      CHECK(guard->pid() == warden);
      CHECK(guard->restarts() == 0);
      CHECK(stop(*y, 20s).left == proof::empty);
    }
  }
  WHEN("a server is to stop") {
    THEN("its end is proved, and told") {
      CHECK(stop(*x, 20s).left == proof::empty);
    }
  }
  WHEN("shim and server were stopped as well") {
    freeze(leaks::parent_of(x->pid));
    freeze(x->pid);
    auto y = run({"/bin/cat"});
    THEN("a stop ends all of it") {
      auto report = stop(*x, 50ms);
      CHECK(report.left == proof::empty);
      CHECK(leaks::state_of(x->pid) == 0);
      wait_started(*y);
      CHECK(stop(*y, 20s).left == proof::empty);
    }
  }
  if (!x->gone)
    CHECK(stop(*x, 20s).left == proof::empty);
}

SCENARIO_METHOD(guard_fixture, "a warden that nothing continues is replaced",
                "[stopped]") {
  auto x = run({"/bin/cat"});
  wait_started(*x);
  auto warden = guard->pid();
  if (!seize(warden))
    return;
  auto y = run({"/bin/cat"});
  WHEN("a start was on its way to it") {
    run_until([&] { return let_end(warden) && y->gone; });
    THEN("that start is told as failed, with the cause") {
      CHECK(y->gone->why == errc::spawn_failed);
      CHECK(y->gone->text.starts_with(
        "the warden did not answer and was replaced"));
      CHECK(guard->restarts() == 1);
    }
    THEN("the next one comes up, and running servers are spared") {
      auto z = run({"/bin/cat"});
      wait_started(*z);
      CHECK(stop(*z, 20s).left == proof::empty);
      REQUIRE(write(x->in, "hello\n", 6) == 6);
      CHECK(read_line(*x) == "hello");
    }
  }
  CHECK(stop(*x, 20s).left == proof::empty);
}

SCENARIO("wardens that never answer are given up", "[stopped]") {
  auto fixture = guard_fixture{TROUPE_TEST_DEAF_WARDEN};
  auto x = fixture.run({"/bin/cat"});
  auto report = fixture.wait_gone(*x);
  CHECK(report.left == proof::best_effort);
  CHECK(report.text.find("dies again and again") != std::string::npos);
  CHECK(fixture.guard->pid() == 0);
}

// -- the shim ----------------------------------------------------------------

SCENARIO_METHOD(guard_fixture, "a shim that was stopped is continued",
                "[stopped]") {
  auto x = run({"/bin/cat"});
  wait_started(*x);
  freeze(leaks::parent_of(x->pid));
  WHEN("its server is stopped") {
    auto report = stop(*x, 20s);
    THEN("it does its work") {
      CHECK(report.left == proof::empty);
      CHECK(report.signals.empty());
      CHECK(report.exit_status == 0);
    }
  }
  WHEN("its warden was killed, and its server is stopped") {
    kill(guard->pid(), SIGKILL);
    run_until([&] { return guard->pid() == 0; });
    CHECK(stop(*x, 20s).left == proof::empty);
  }
}

SCENARIO_METHOD(guard_fixture, "a shim that nothing continues is killed",
                "[stopped]") {
  auto x = shell("trap '' TERM; setsid sleep 60 & echo $!; wait; sleep 60");
  auto escaped = std::stoi(read_line(*x));
  wait_started(*x); // its line may come first
  auto shim = leaks::parent_of(x->pid);
  if (!seize(shim))
    return;
  WHEN("its server is stopped") {
    close(x->in);
    x->in = -1;
    x->process->stop(50ms);
    run_until([&] { return let_end(shim) && x->gone; });
    THEN("the warden kills all that it guarded") {
      CHECK(x->gone->left == proof::swept);
      CHECK(leaks::state_of(x->pid) == 0);
      CHECK(leaks::state_of(escaped) == 0);
    }
  }
}

// -- the host's end ----------------------------------------------------------

SCENARIO("a runtime's end continues the guards that it leaves", "[stopped]") {
  auto fixture = std::make_unique<guard_fixture>();
  auto x = fixture->run({"/bin/sleep", "60"});
  fixture->wait_started(*x);
  auto warden = fixture->guard->pid();
  auto shim = leaks::parent_of(x->pid);
  auto ends = [&] {
    x->process.reset();
    fixture.reset();
    for (auto pid : {x->pid, shim, warden})
      CHECK(leaks::eventually([=] { return leaks::is_gone(pid); }));
  };
  GIVEN("a stopped warden") {
    freeze(warden);
    ends();
  }
  GIVEN("a stopped shim and server") {
    freeze(x->pid);
    freeze(shim);
    ends();
  }
  GIVEN("all of them stopped") {
    for (auto pid : {x->pid, shim, warden})
      freeze(pid);
    ends();
  }
  GIVEN("a stopped shim whose warden is dead") {
    kill(warden, SIGKILL);
    fixture->run_until([&] { return fixture->guard->pid() == 0; });
    freeze(shim);
    ends();
  }
}
