// Covers tools/warden/forked.hpp, tools/warden/shim.hpp,
// tools/warden/sweep.hpp, transports/guard/wake_guard.hpp.

#include "troupe/tests/faults/world.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace troupe;

static const auto hostile = {"normal", "evil", "pgonly", "subreap"};

template <class F>
static void for_each_kind(as_whom who, F f) {
  if (!can_run(who))
    return;
  for (auto kind : hostile) {
    INFO("adversary " << kind);
    auto x = world{who};
    x.start(kind);
    f(x);
  }
}

static void freeze(std::initializer_list<pid_t> pids) {
  for (auto pid : pids) {
    kill(pid, SIGSTOP);
    REQUIRE(leaks::eventually([=] { return leaks::state_of(pid) == 'T'; }));
  }
}

static void check_all_gone(world& x, std::initializer_list<pid_t> guards) {
  CHECK(leaks::eventually([&] { return x.is_empty(); }));
  for (auto pid : guards)
    CHECK(leaks::eventually([=] { return leaks::is_gone(pid); }));
}

// -- one guard is stopped ----------------------------------------------------

static void one_wakes_the_other(as_whom who) {
  for_each_kind(who, [](world& x) {
    auto warden = x.warden();
    freeze({warden});
    kill(x.host(), SIGKILL);
    check_all_gone(x, {warden, x.shim()});
  });
  for_each_kind(who, [](world& x) {
    auto warden = x.warden();
    freeze({x.leader(), x.shim()});
    kill(x.host(), SIGKILL);
    check_all_gone(x, {warden, x.shim()});
  });
}

TEST_CASE("the host dies over a stopped guard: the other wakes it",
          "[faults]") {
  one_wakes_the_other(as_whom::this_user);
}

TEST_CASE("the host dies over a stopped guard, as another user", "[faults]") {
  one_wakes_the_other(as_whom::another_user);
}

TEST_CASE("host and warden die over a stopped shim: it is woken", "[faults]") {
  for_each_kind(as_whom::this_user, [](world& x) {
    auto warden = x.warden();
    freeze({x.shim()});
    world::kill_together({x.host(), warden});
    check_all_gone(x, {warden, x.shim()});
  });
}

// -- both are stopped --------------------------------------------------------

/// Both guards are stopped: they and their server stay until the next start,
/// can all be found, and then the sweep wakes or kills them.
static void next_start_ends_them(as_whom who) {
  for_each_kind(who, [who](world& x) {
    auto warden = x.warden();
    freeze({warden, x.shim()});
    kill(x.host(), SIGKILL);
    CHECK(leaks::eventually([&] { return leaks::state_of(x.host()) == 'Z'; }));
    CHECK(comes_to(warden, 'T'));
    CHECK(comes_to(x.shim(), 'T'));
    auto next = world{who};
    next.start("normal");
    check_all_gone(x, {warden, x.shim()});
    CHECK(comes_to(next.leader(), 'S'));
  });
}

TEST_CASE("the host dies over stopped guards: the next start ends them",
          "[faults][alone]") {
  next_start_ends_them(as_whom::this_user);
}

TEST_CASE("the host dies over stopped guards, as another user",
          "[faults][alone]") {
  next_start_ends_them(as_whom::another_user);
}

TEST_CASE("host and shim die over a stopped warden: the next start ends it",
          "[faults][alone]") {
  for_each_kind(as_whom::this_user, [](world& x) {
    auto warden = x.warden();
    freeze({warden});
    world::kill_together({x.host(), x.shim()});
    // The leader dies with its shim; what escaped waits for the warden.
    CHECK(leaks::eventually([&] {
      return leaks::state_of(x.leader()) == 'Z'
             || leaks::state_of(x.leader()) == 0;
    }));
    auto next = world{as_whom::this_user};
    next.start("normal");
    check_all_gone(x, {warden, x.shim()});
    CHECK(comes_to(next.leader(), 'S'));
  });
}

TEST_CASE("guards that stop again are killed with what they guard",
          "[faults][alone]") {
  auto x = world{as_whom::this_user};
  x.start("evil");
  auto warden = x.warden();
  freeze({warden, x.shim()});
  kill(x.host(), SIGKILL);
  auto next = world{as_whom::this_user};
  next.start("normal");
  // They are woken once; so they are stopped again each time that they move.
  auto gone = leaks::eventually([&] {
    for (auto pid : {warden, x.shim()})
      if (!leaks::is_gone(pid) && leaks::state_of(pid) != 'T')
        kill(pid, SIGSTOP);
    return x.is_empty() && leaks::is_gone(warden) && leaks::is_gone(x.shim());
  });
  CHECK(gone);
}
