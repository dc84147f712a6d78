// Covers transports/guard/warden.hpp, transports/guard/warden_link.hpp,
// transports/guard/warden_start.hpp, tools/warden/warden.hpp.

#include "troupe/tests/support/guard_fixture.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <unistd.h>

using namespace troupe;
using namespace std::chrono_literals;

// -- many --------------------------------------------------------------------

SCENARIO_METHOD(guard_fixture, "P7: 200 starts and stops leave nothing behind",
                "[warden]") {
  auto cycle = [this] {
    auto x = run({"/bin/cat"});
    wait_started(*x);
    CHECK(stop(*x, 20s).left == proof::empty);
    close(x->out);
  };
  GIVEN("a host that has done it once") {
    cycle();
    run_until([&] { return leaks::children_of(guard->pid()).empty(); });
    auto warden = guard->pid();
    auto host_fds = leaks::fds_of(getpid());
    auto warden_fds = leaks::fds_of(warden);
    auto threads = leaks::threads_of(getpid());
    WHEN("it does it 200 times") {
      for (int i = 0; i < 200; ++i)
        cycle();
      THEN("descriptors, threads and children are as before") {
        CHECK(guard->pid() == warden);
        CHECK(leaks::fds_of(getpid()) == host_fds);
        CHECK(leaks::fds_of(warden) == warden_fds);
        CHECK(leaks::threads_of(getpid()) == threads);
        CHECK(leaks::children_of(warden).empty());
        CHECK(leaks::descendants_of(getpid()).empty());
      }
    }
  }
}

SCENARIO_METHOD(guard_fixture, "100 servers start and stop together",
                "[warden]") {
  GIVEN("all of them asked for at once, three times the window") {
    auto all = std::vector<std::shared_ptr<guarded_child>>{};
    for (int i = 0; i < 100; ++i)
      all.push_back(run({"/bin/cat"}));
    for (auto& x : all)
      wait_started(*x);
    WHEN("they are stopped at once") {
      for (auto& x : all) {
        close(x->in);
        x->process->stop(20s);
      }
      THEN("each ends with its proof, told once") {
        for (auto& x : all) {
          CHECK(wait_gone(*x).left == proof::empty);
          CHECK(x->events_after_gone == 0);
          close(x->out);
        }
        run_until([&] { return leaks::children_of(guard->pid()).empty(); });
      }
    }
  }
}

// -- the warden's own life ---------------------------------------------------

SCENARIO_METHOD(guard_fixture, "a dead warden is replaced when it is needed",
                "[warden]") {
  GIVEN("a running server whose warden is killed") {
    auto x = run({"/bin/cat"});
    wait_started(*x);
    auto old = guard->pid();
    kill(old, SIGKILL);
    run_until([&] { return guard->pid() == 0; });
    THEN("the server still answers, and stops clean") {
      REQUIRE(write(x->in, "hello\n", 6) == 6);
      CHECK(read_line(*x) == "hello");
      CHECK(stop(*x, 20s).left == proof::empty);
      CHECK(guard->restarts() == 0);
    }
    THEN("the next start brings a new one, which spares the server") {
      auto y = run({"/bin/cat"});
      wait_started(*y);
      CHECK(guard->restarts() == 1);
      CHECK(guard->pid() != old);
      CHECK(stop(*y, 20s).left == proof::empty);
      REQUIRE(write(x->in, "hello\n", 6) == 6);
      CHECK(read_line(*x) == "hello");
      CHECK(stop(*x, 20s).left == proof::empty);
    }
  }
  GIVEN("a warden killed under starts that are on their way") {
    run({"/bin/true"});
    auto all = std::vector<std::shared_ptr<guarded_child>>{};
    for (int i = 0; i < 80; ++i)
      all.push_back(run({"/bin/cat"}));
    kill(guard->pid(), SIGKILL);
    THEN("each comes up or is told as failed; none is lost") {
      for (auto& x : all)
        run_until([&] { return x->pid != 0 || x->gone; });
      for (auto& x : all)
        if (!x->gone)
          CHECK(stop(*x, 20s).left != proof::unkillable);
      run_until([&] { return leaks::children_of(guard->pid()).empty(); });
    }
  }
}

SCENARIO("a host's handling of SIGCHLD is its own", "[warden]") {
  auto set = signal(SIGCHLD, GENERATE(SIG_DFL, SIG_IGN));
  struct sigaction before {
  }, after{};
  sigaction(SIGCHLD, nullptr, &before);
  {
    auto fixture = guard_fixture{};
    auto x = fixture.run({"/bin/cat"});
    fixture.wait_started(*x);
    CHECK(fixture.stop(*x, 20s).left == proof::empty);
    CHECK(leaks::children_of(getpid()).empty());
  }
  sigaction(SIGCHLD, nullptr, &after);
  CHECK(before.sa_handler == after.sa_handler);
  signal(SIGCHLD, set);
}

SCENARIO("a warden ends with its host's last server", "[warden]") {
  auto pid = pid_t{0};
  {
    auto fixture = guard_fixture{};
    auto x = fixture.run({"/bin/cat"});
    fixture.wait_started(*x);
    pid = fixture.guard->pid();
    fixture.stop(*x, 20s);
  }
  CHECK(leaks::is_gone(pid));
}
