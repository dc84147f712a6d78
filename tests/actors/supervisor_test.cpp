// What crosses on its way between a client and its supervisor.

#include "support/registry_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct crossing_fixture : registry_fixture {
  std::string supervisors_words() {
    return ask<actor_status>(supervisor_handle, get_status{})->text;
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
      auto changed =
        send_to<client_status>(testee, reload{0ms, {other_spec()}});
      settle();
      THEN("it runs by that one, and was never started by the old one") {
        CHECK(changed->ok());
        CHECK(phase_of() == phase::ready);
        CHECK(made["a"].args == other_spec().args);
        CHECK(server().pipe->connections() == 1);
        CHECK(supervisors_words().find("5 live, 0 wait") != std::string::npos);
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
  CHECK(status_of(testee).now == phase::failed);
  CHECK(server().pipe->connections() == defaults::quick_exits_max);
}

SCENARIO_METHOD(crossing_fixture,
                "a wish that crosses its own fulfilment is not a second one",
                "[supervision]") {
  GIVEN("a server that shakes hands, and a wish from before it was granted") {
    server().answers_handshake = false;
    auto testee = open();
    REQUIRE(status_of(testee).incarnation == 1);
    tell(agent, supervisor_handle,
         start_wanted{"a", start_reason::commanded, spec(), 0, 0});
    WHEN("the server dies before it is ready") {
      server().pipe->hang_up(errc::child_exited, "exit status 1");
      settle();
      THEN("it is judged as any failure is") {
        CHECK(status_of(testee).now == phase::backoff);
        CHECK(server().pipe->connections() == 1);
        advance(2s);
        CHECK(server().pipe->connections() == 2);
      }
    }
  }
}
