#include "actors/spawn_gate.hpp"

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

SCENARIO_METHOD(gate_fixture, "P9: a server that asks for ever gets ten starts "
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

SCENARIO_METHOD(gate_fixture, "a refusal says when to ask again, and then the "
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
  WHEN("one is ready") {
    testee.on_ready("b");
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
      testee.on_ready(*next);
  }
  CHECK(testee.live() == 64);
  CHECK(testee.crowded());
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
