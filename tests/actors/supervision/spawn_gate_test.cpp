// Covers actors/supervision/spawn_gate.hpp.

#include "troupe/actors/supervision/spawn_gate.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

using outcome = spawn_gate::outcome;

struct gate_fixture {
  spawn_gate testee{spawn_limits{}};
  spawn_gate::time_point now{1h};

  /// Lets `name` start and end again; false where the gate says no.
  bool cycles(const std::string& name, bool commanded = false) {
    if (testee.ask(name, commanded, now).what == outcome::too_early)
      return false;
    testee.next();
    testee.on_gone(name);
    return true;
  }

  int cycles_within(std::chrono::seconds most, const std::string& name) {
    int result = 0;
    for (auto end = now + most; now < end; now += 1s)
      result += cycles(name) ? 1 : 0;
    return result;
  }
};

} // namespace

SCENARIO_METHOD(gate_fixture,
                "P9: a server that asks for ever gets ten starts "
                "and then one each 30 s",
                "[supervision]") {
  int first = 0;
  while (cycles("a"))
    ++first;
  CHECK(first == 10);
  CHECK(cycles_within(301s, "a") == 10);
  AND_THEN("another server has a bucket of its own") {
    CHECK(cycles("b"));
  }
}

SCENARIO_METHOD(gate_fixture, "all servers together get 60 starts a minute",
                "[supervision]") {
  int started = 0;
  for (int i = 0; i < 20; ++i)
    for (int j = 0; j < 5; ++j)
      started += cycles("server" + std::to_string(i)) ? 1 : 0;
  CHECK(started == 60);
}

SCENARIO_METHOD(gate_fixture,
                "a refusal says when to ask again, and then the "
                "gate opens",
                "[supervision]") {
  while (cycles("a"))
    ;
  auto refused = testee.ask("a", false, now);
  REQUIRE(refused.what == outcome::too_early);
  CHECK(refused.retry_at > now);
  now = refused.retry_at;
  CHECK(cycles("a"));
}

SCENARIO_METHOD(gate_fixture, "commanded starts have a limit of their own",
                "[supervision]") {
  while (cycles("a"))
    ;
  CHECK(cycles("a", true));
  int more = 1;
  while (cycles("a", true))
    ++more;
  CHECK(more == 60);
}

SCENARIO_METHOD(gate_fixture, "only so many start at a time, in order",
                "[supervision]") {
  for (auto name : {"a", "b", "c", "d", "e", "f"})
    testee.ask(name, true, now);
  for (auto name : {"a", "b", "c", "d"})
    CHECK(testee.next() == std::optional<std::string>{name});
  CHECK_FALSE(testee.next());
  CHECK(testee.blocked_by() == spawn_gate::obstacle::busy);
  CHECK(testee.queue().front() == "e");
  CHECK(testee.waits("f"));
  CHECK_FALSE(testee.waits("a"));
  WHEN("one is ready") {
    testee.on_settled("b");
    THEN("the next may start") {
      CHECK(testee.next() == std::optional<std::string>{"e"});
      CHECK_FALSE(testee.next());
    }
  }
  WHEN("one that waits is wanted no more") {
    testee.on_gone("e");
    testee.on_gone("a");
    THEN("it is passed over") {
      CHECK(testee.next() == std::optional<std::string>{"f"});
    }
  }
}

SCENARIO_METHOD(gate_fixture, "no more than 64 servers run", "[supervision]") {
  for (int i = 0; i < 70; ++i) {
    auto name = "server" + std::to_string(i);
    testee.ask(name, true, now);
    if (auto next = testee.next())
      testee.on_settled(*next);
  }
  CHECK(testee.live() == 64);
  CHECK(testee.blocked_by() == spawn_gate::obstacle::crowded);
  testee.on_gone("server3");
  CHECK(testee.next().has_value());
}

SCENARIO_METHOD(gate_fixture, "asking twice is asking once", "[supervision]") {
  testee.ask("a", true, now);
  testee.ask("a", true, now);
  CHECK(testee.waiting() == 1);
  testee.next();
  testee.ask("a", true, now);
  CHECK(testee.waiting() == 0);
}

SCENARIO_METHOD(gate_fixture,
                "names that come and go are forgotten once they "
                "have their starts back",
                "[supervision]") {
  for (int i = 0; i < 10'000; ++i) {
    cycles("server" + std::to_string(i), true);
    now += 1s;
  }
  CHECK(testee.remembered() <= 2 * defaults::live_servers_max + 1);
  AND_THEN("one that used them up is not, however many come") {
    while (cycles("greedy", true))
      ;
    for (int i = 0; i < 1'000; ++i)
      cycles("other" + std::to_string(i), true);
    CHECK_FALSE(cycles("greedy", true));
  }
}

SCENARIO("limits may be far from the usual", "[supervision]") {
  auto now = spawn_gate::time_point{} + 1h;
  SECTION("so many that a start costs no time") {
    spawn_limits many;
    many.commanded_per_minute = 1'000'000;
    many.per_minute = 1'000'000;
    many.refill = 0ms;
    spawn_gate testee{many};
    for (int i = 0; i < 1000; ++i) {
      CHECK(testee.ask("a", i % 2 == 0, now).what == outcome::queued);
      testee.next();
      testee.on_gone("a");
    }
  }
  SECTION("none at all: then it is one") {
    spawn_limits none;
    none.commanded_per_minute = 0;
    none.per_minute = 0;
    none.burst = 0;
    spawn_gate testee{none};
    CHECK(testee.ask("a", true, now).what == outcome::queued);
    CHECK(testee.ask("b", false, now).what == outcome::queued);
    testee.on_gone("b");
    auto again = testee.ask("b", false, now);
    CHECK(again.what == outcome::too_early);
    CHECK(again.retry_at > now);
  }
}
