// Covers tools/warden/shim.hpp, tools/warden/forked.hpp,
// tools/warden/sweep.hpp, transports/guard/guarded_server.hpp.
// Servers that hold their guards by ptrace: such a guard does nothing, and when
// it is killed its parent is not told.

#include "troupe/tests/faults/world.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>

using namespace troupe;

static bool needs_root() {
  return !can_run(as_whom::another_user);
}

static int oom_score_of(pid_t pid) {
  auto in = std::ifstream{"/proc/" + std::to_string(pid) + "/oom_score_adj"};
  auto score = -1;
  in >> score;
  return score;
}

static void check_all_gone(world& x, std::initializer_list<pid_t> guards) {
  CHECK(leaks::eventually([&] { return x.is_empty(); }));
  CHECK(leaks::eventually([&] { return leaks::is_gone(x.leader()); }));
  for (auto pid : guards)
    CHECK(leaks::eventually([=] { return leaks::is_gone(pid); }));
}

TEST_CASE("a server of an ordinary user cannot trace its guard", "[faults]") {
  if (needs_root())
    return;
  auto x = world{as_whom::another_user};
  x.start("tracer");
  CHECK(x.told().contains("refused"));
  CHECK(comes_to(x.shim(), 'S'));
  // The files in /proc of a guard that cannot be traced belong to root: it
  // could raise its server's OOM score all the same.
  CHECK(oom_score_of(x.leader()) == oom_score_of(x.host()) + 200);
}

// -- a stop ------------------------------------------------------------------

TEST_CASE("a tracer is killed, and its guard ends what is left", "[faults]") {
  if (needs_root())
    return;
  for (auto kind : {"tracer", "tracer-of-both"}) {
    INFO("adversary " << kind);
    auto x = world{as_whom::this_user};
    x.start(kind);
    REQUIRE(x.told().contains("held"));
    CHECK(x.ask("stop a 150", "gone a ").starts_with("empty none "));
    CHECK(x.is_empty());
    CHECK(world::shims_of(x.warden()).empty());
  }
}

TEST_CASE("a guard that another tracer holds at once: nothing is left",
          "[faults]") {
  if (needs_root())
    return;
  auto x = world{as_whom::this_user};
  x.start("two-tracers");
  auto told = x.ask("stop a 150", "gone a ");
  INFO(told);
  // Each tracer is killed for the guard that it holds, or the shim for the last
  // tracer: either proof is right.
  CHECK((told.starts_with("empty none ") || told.starts_with("swept none ")));
  CHECK(x.is_empty());
  CHECK(leaks::eventually([&] { return world::shims_of(x.warden()).empty(); }));
}

/// The shim of one server, held by a process of another.
TEST_CASE("a guard that a stranger holds is dead when it is killed",
          "[faults]") {
  if (needs_root())
    return;
  auto x = world{as_whom::this_user};
  x.start("evil");
  auto holder = child{
    {{TROUPE_TEST_ADVERSARY, "holder", "/dev/null", std::to_string(x.shim())},
     {},
     0}};
  REQUIRE(comes_to(x.shim(), 't'));
  CHECK(x.ask("stop a 150", "gone a ").starts_with("swept none "));
  CHECK(leaks::state_of(x.shim()) == 'Z');
  CHECK(leaks::eventually([&] { return x.is_empty(); }));
  // The tracer is no process of ours: it lives on, and the warden serves others
  // beside the shim that it holds.
  CHECK(comes_to(holder.pid(), 'S'));
  auto order =
    std::string{"spawn b 0 "} + TROUPE_TEST_ADVERSARY + " normal /dev/null";
  CHECK(std::stoi(x.ask(order, "started b ")) > 0);
  CHECK(x.ask("stop b 5000", "gone b ") == "empty none 0 ");
  auto warden = x.warden();
  kill(x.host(), SIGKILL);
  CHECK(leaks::eventually([=] { return leaks::is_gone(warden); }));
}

// -- the host's death --------------------------------------------------------

TEST_CASE("the host dies over a guard that is held: nothing is left",
          "[faults]") {
  if (needs_root())
    return;
  for (auto kind : {"tracer", "two-tracers"}) {
    INFO("adversary " << kind);
    auto x = world{as_whom::this_user};
    x.start(kind);
    auto warden = x.warden();
    kill(x.host(), SIGKILL);
    check_all_gone(x, {warden, x.shim()});
  }
}

/// Both guards are held: nothing moves until the next start.
TEST_CASE("the host dies over guards that are held: the next start ends them",
          "[faults][alone]") {
  if (needs_root())
    return;
  auto x = world{as_whom::this_user};
  x.start("tracer-of-both");
  auto warden = x.warden();
  kill(x.host(), SIGKILL);
  CHECK(leaks::eventually([&] { return leaks::state_of(x.host()) == 'Z'; }));
  CHECK(comes_to(warden, 't'));
  CHECK(comes_to(x.shim(), 't'));
  auto next = world{as_whom::this_user};
  next.start("normal");
  check_all_gone(x, {warden, x.shim()});
  CHECK(comes_to(next.leader(), 'S'));
}

/// An ordinary user's sweep may not read the environment of guards.
TEST_CASE("host and warden die over a held guard: the next start ends it",
          "[faults][alone]") {
  if (needs_root())
    return;
  auto x = world{as_whom::this_user};
  x.start("two-tracers");
  auto warden = x.warden();
  world::kill_together({x.host(), warden});
  CHECK(comes_to(x.shim(), 't'));
  auto next = world{as_whom::this_user};
  next.start("normal");
  check_all_gone(x, {x.shim()});
  CHECK(comes_to(next.leader(), 'S'));
}
