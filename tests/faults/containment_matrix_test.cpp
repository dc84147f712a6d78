// Covers tools/warden, transports/guard/warden_link.hpp,
// transports/guard/guarded_server.hpp, tests/support/leak_counter.hpp.

#include "troupe/tests/faults/world.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <unistd.h>

using namespace troupe;

static const bool alarm_is_set = (set_alarm(280), true);

static const auto every_kind = {"normal",      "evil",    "pgonly",   "runner",
                                "slow-runner", "subreap", "untraced", "stopped",
                                "suid",        "tracer"};

/// One world for each kind and user; the adversary is up and hostile.
template <class F>
static void for_each_cell(as_whom who, std::initializer_list<const char*> kinds,
                          F f) {
  if (!can_run(who))
    return;
  for (auto kind : kinds) {
    INFO("adversary " << kind);
    auto x = world{who};
    x.start(kind);
    f(x);
  }
}

// -- the instrument ----------------------------------------------------------

TEST_CASE("the leak counter sees what a group kill leaves", "[faults]") {
  auto report = std::string{"/tmp/troupe-d1-XXXXXX"};
  close(mkstemp(report.data()));
  auto mark = "TROUPE_TEST_MARK=" + report;
  {
    // The usual way: a group of its own, then a kill of that group.
    auto server = child{{{TROUPE_TEST_ADVERSARY, "evil", report}, {mark}, 0}};
    REQUIRE(leaks::eventually([&] {
      auto text = std::string{};
      auto in = std::ifstream{report};
      while (in >> text && text != "ready")
        ;
      return text == "ready";
    }));
    kill(-server.pid(), SIGKILL);
    server.wait();
  }
  auto left = leaks::carrying(mark);
  CHECK(left.size() == 1);
  for (auto pid : left)
    kill(pid, SIGKILL);
  CHECK(leaks::eventually([&] { return leaks::carrying(mark).empty(); }));
  unlink(report.c_str());
}

// -- a normal stop -----------------------------------------------------------

static void close_leaves_nothing(as_whom who) {
  for_each_cell(who, every_kind, [](world& x) {
    auto told = x.ask("stop a 150", "gone a ");
    INFO(told);
    // Checked at once: `gone` promises that nothing is left.
    CHECK(x.is_empty());
    for (auto& [role, pid] : x.told())
      CHECK(leaks::state_of(pid) == 0);
    CHECK(leaks::state_of(x.shim()) == 0);
    CHECK(told.starts_with("empty none "));
    CHECK(world::shims_of(x.warden()).empty());
  });
}

TEST_CASE("close leaves nothing of any adversary", "[faults]") {
  close_leaves_nothing(as_whom::this_user);
}

TEST_CASE("close leaves nothing, as another user", "[faults]") {
  close_leaves_nothing(as_whom::another_user);
}

// -- one death ---------------------------------------------------------------

static void host_death_leaves_nothing(as_whom who) {
  for_each_cell(who, every_kind, [](world& x) {
    auto guards = {x.warden(), x.shim()};
    kill(x.host(), SIGKILL);
    CHECK(leaks::eventually([&] { return x.is_empty(); }));
    for (auto pid : guards)
      CHECK(leaks::eventually([&] { return leaks::is_gone(pid); }));
  });
}

TEST_CASE("P2: the host's death leaves nothing", "[faults]") {
  host_death_leaves_nothing(as_whom::this_user);
}

TEST_CASE("P2: the host's death leaves nothing, as another user", "[faults]") {
  host_death_leaves_nothing(as_whom::another_user);
}

static void spinner_is_ended(as_whom who) {
  for_each_cell(who, {"spinner"}, [](world& x) {
    auto guards = {x.warden(), x.shim()};
    kill(x.host(), SIGKILL);
    CHECK(x.hears_of("spinning"));
    CHECK(leaks::eventually([&] { return x.is_empty(); }));
    for (auto pid : guards)
      CHECK(leaks::eventually([&] { return leaks::is_gone(pid); }));
  });
}

TEST_CASE("P5: a server that spins on EPIPE once its host is gone is killed",
          "[faults]") {
  spinner_is_ended(as_whom::this_user);
}

TEST_CASE("P5: one that spins on EPIPE is killed, as another user",
          "[faults]") {
  spinner_is_ended(as_whom::another_user);
}

static void shim_death_is_swept(as_whom who) {
  for_each_cell(
    who, {"evil", "subreap", "pgonly", "untraced", "suid", "runner", "tracer"},
    [](world& x) {
      auto warden = x.warden();
      kill(x.shim(), SIGKILL);
      auto told = x.ask("", "gone a ");
      INFO(told);
      CHECK(x.is_empty());
      CHECK(told.starts_with("swept child_exited "));
      // The warden's child that has swept may still be about to end.
      CHECK(leaks::eventually([&] { return world::shims_of(warden).empty(); }));
    });
}

TEST_CASE("a shim's death is swept by the warden", "[faults]") {
  shim_death_is_swept(as_whom::this_user);
}

TEST_CASE("a shim's death is swept, as another user", "[faults]") {
  shim_death_is_swept(as_whom::another_user);
}

static void warden_death_is_harmless(as_whom who) {
  for_each_cell(who, {"evil", "subreap"}, [](world& x) {
    auto warden = x.warden();
    kill(warden, SIGKILL);
    CHECK(leaks::eventually([&] { return x.warden() == 0; }));
    CHECK(comes_to(x.leader(), 'S'));
    CHECK(comes_to(x.shim(), 'S'));
    // The next start brings a new one, which must spare what a shim guards.
    auto order =
      std::string{"spawn b 0 "} + TROUPE_TEST_ADVERSARY + " normal /dev/null";
    CHECK(std::stoi(x.ask(order, "started b ")) > 0);
    CHECK(x.warden() != warden);
    CHECK(x.ask("stop b 1000", "gone b ").starts_with("empty none 0 "));
    CHECK(comes_to(x.leader(), 'S'));
    CHECK(x.ask("stop a 150", "gone a ").starts_with("empty none "));
    CHECK(x.is_empty());
  });
}

TEST_CASE("the warden's death does not touch a running server", "[faults]") {
  warden_death_is_harmless(as_whom::this_user);
}

TEST_CASE("the warden's death is harmless, as another user", "[faults]") {
  warden_death_is_harmless(as_whom::another_user);
}

// -- two and three deaths ----------------------------------------------------

static void pairs_with_the_host(as_whom who) {
  for_each_cell(who, {"evil", "pgonly", "subreap", "tracer"}, [](world& x) {
    auto warden = x.warden();
    world::kill_together({x.host(), x.shim()});
    CHECK(leaks::eventually([&] { return x.is_empty(); }));
    CHECK(leaks::eventually([&] { return leaks::is_gone(warden); }));
  });
  for_each_cell(who, {"evil", "pgonly", "subreap"}, [](world& x) {
    world::kill_together({x.host(), x.warden()});
    CHECK(leaks::eventually([&] { return x.is_empty(); }));
    CHECK(leaks::eventually([&] { return leaks::is_gone(x.shim()); }));
  });
}

TEST_CASE("host and one guard together leave nothing", "[faults]") {
  pairs_with_the_host(as_whom::this_user);
}

TEST_CASE("host and one guard leave nothing, as another user", "[faults]") {
  pairs_with_the_host(as_whom::another_user);
}

static void both_guards(as_whom who) {
  for_each_cell(who, {"evil", "pgonly", "subreap"}, [](world& x) {
    world::kill_together({x.warden(), x.shim()});
    auto told = x.ask("", "gone a ");
    INFO(told);
    CHECK(told.starts_with("best_effort child_exited "));
    CHECK(x.is_empty());
  });
}

TEST_CASE("both guards together: the host has the rest swept", "[faults]") {
  both_guards(as_whom::this_user);
}

TEST_CASE("both guards together, as another user", "[faults]") {
  both_guards(as_whom::another_user);
}

static void all_three(as_whom who) {
  for_each_cell(who, {"evil", "subreap"}, [who](world& x) {
    world::kill_together({x.host(), x.warden(), x.shim()});
    CHECK(leaks::eventually([&] { return leaks::is_gone(x.leader()); }));
    // The one fault that something outlives; the next start finds it.
    CHECK(!x.survivors().empty());
    auto next = world{who};
    next.start("normal");
    CHECK(leaks::eventually([&] { return x.is_empty(); }));
    CHECK(comes_to(next.leader(), 'S'));
  });
}

TEST_CASE("S20: all three together: the next start sweeps", "[faults][alone]") {
  all_three(as_whom::this_user);
}

TEST_CASE("S20: all three together, as another user", "[faults][alone]") {
  all_three(as_whom::another_user);
}

// -- threads -----------------------------------------------------------------

TEST_CASE("P3: a thread's end does not touch what it spawned", "[faults]") {
  auto x = world{as_whom::this_user};
  x.start("normal");
  x.ask("thread", "thread");
  // A server that died of it would be reported before this answer.
  CHECK(x.warden() > 0);
  CHECK(comes_to(x.leader(), 'S'));
  CHECK(x.ask("stop a 5000", "gone a ") == "empty none 0 ");
}

// -- what cannot be killed ---------------------------------------------------

TEST_CASE("S21: a process that KILL does not reach is reported", "[faults]") {
  if (!can_run(as_whom::another_user))
    return;
  auto x = world{as_whom::another_user};
  x.start("suid", true);
  auto sleeper = x.told().at("sleeper root");
  CHECK(x.ask("stop a 10", "unkillable a ")
        == "process " + std::to_string(sleeper) + " does not die of KILL");
  // Kept unreaped until the end, so that no other process gets its pid.
  CHECK(leaks::state_of(x.leader()) == 'Z');
  CHECK(comes_to(sleeper, 'S'));
  kill(sleeper, SIGKILL); // we are root
  CHECK(x.ask("", "gone a ").starts_with("empty "));
  CHECK(x.is_empty());
}
