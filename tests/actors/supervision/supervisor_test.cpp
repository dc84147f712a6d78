// Covers actors/supervision/supervisor.hpp, actors/client/starts.cpp.
// Messages between a client and its supervisor that cross on their way.

#include "troupe/tests/support/registry_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct crossing_fixture : registry_fixture {
  std::string supervisors_words() {
    return ask(supervisor_handle, get_status{})->value.text;
  }
};

} // namespace

SCENARIO_METHOD(crossing_fixture,
                "a grant that crosses a new spec starts the new one only",
                "[supervision]") {
  GIVEN("a server that waits until others are ready") {
    for (auto name : {"b", "c", "d", "e"}) {
      server(name).answers_handshake = false;
      open(spec(name));
    }
    auto testee = open();
    REQUIRE(server().pipe->connections() == 0);
    WHEN("its turn comes while it is given another spec") {
      server("b").answer_handshake();
      auto changed = send_to(testee, reload{0ms, {other_spec()}});
      settle();
      THEN("it runs by that one, and was never started by the old one") {
        CHECK(changed->ok());
        CHECK(phase_of() == phase::ready);
        CHECK(made["a"].args == other_spec().args);
        CHECK(server().pipe->connections() == 1);
        CHECK(supervisors_words().find("5 live, 0 queued")
              != std::string::npos);
      }
    }
  }
}

SCENARIO_METHOD(crossing_fixture,
                "S12: a server that exits at once gets as many starts where "
                "its dialect is asked for as where it is known",
                "[supervision]") {
  auto x = spec();
  x.dialect = GENERATE(dialect_choice::automatic, dialect_choice::legacy);
  server().exits_at_once = true;
  auto testee = open(x);
  advance(10min);
  CHECK(status_of(testee).state == phase::failed);
  CHECK(server().pipe->connections() == defaults::quick_exits_max);
}

SCENARIO_METHOD(crossing_fixture,
                "the late end of an earlier server of the same name is not "
                "that of its successor",
                "[supervision]") {
  GIVEN("a server that is slow to go, and a new one of its name") {
    auto first = open();
    server().pipe->hold_on();
    exit_now(first, caf::exit_reason::user_shutdown);
    settle();
    tell(agent, supervisor_handle, remove_child{"a"});
    auto added = ask(supervisor_handle, add_child{spec()})->value;
    auto ready = ask(added.handle, ensure_ready{});
    REQUIRE(ready->value.incarnation == 2); // it counts on
    WHEN("the old one is gone") {
      server().pipe->let_go();
      settle();
      THEN("the new one counts as living") {
        CHECK(supervisors_words().find("1 live") != std::string::npos);
        CHECK(call(added.handle)->ok());
        AND_THEN("and its own end is seen") {
          server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
          advance(2s);
          CHECK(status_of(added.handle).state == phase::ready);
          CHECK(status_of(added.handle).incarnation == 3);
        }
      }
    }
  }
}

SCENARIO_METHOD(crossing_fixture,
                "waits grow as the policy says, and each is told",
                "[supervision]") {
  auto x = spec();
  x.restart.backoff_first = 100ms;
  x.restart.backoff_factor = 3;
  x.restart.jitter = 0;
  x.restart.intensity = 100;
  open(x);
  server().pipe->hang_up();
  advance(1s);
  server().pipe->hang_up();
  advance(1s);
  server().pipe->hang_up();
  advance(1s);
  std::vector<milliseconds> waits;
  for (auto& e : events)
    if (e.to == phase::backoff)
      waits.push_back(e.next_retry);
  CHECK(waits == std::vector<milliseconds>{100ms, 300ms, 900ms});
}

SCENARIO_METHOD(crossing_fixture,
                "a wish that crosses its own fulfilment is not a second one",
                "[supervision]") {
  GIVEN("a server that shakes hands, and a wish from before it was granted") {
    server().answers_handshake = false;
    auto testee = open();
    REQUIRE(status_of(testee).incarnation == 1);
    tell(agent, supervisor_handle,
         start_requested{"a", start_reason::commanded, spec(), 0, 0});
    WHEN("the server dies before it is ready") {
      server().pipe->hang_up(errc::child_exited, "exit status 1");
      settle();
      THEN("it is judged as any failure is") {
        CHECK(status_of(testee).state == phase::backoff);
        CHECK(server().pipe->connections() == 1);
        advance(2s);
        CHECK(server().pipe->connections() == 2);
      }
    }
  }
}
