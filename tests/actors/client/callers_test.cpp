// Covers actors/client/open_callers.hpp, actors/client/requests.cpp,
// actors/client/ready_waiters.hpp, actors/client/catalog.hpp.
// A caller that ends leaves calls behind: they are cancelled, and what it
// waited for is dropped.

#include "troupe/tests/support/held_worlds.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct callers_world : held_calls_world {
  void sleeps(const caf::actor& who, size_t times) {
    for (size_t i = 0; i < times; ++i)
      post(who, testee, call_tool{"sleep", {}});
    settle();
  }

  outcome<answer<call_tool_result>> echo() {
    return call(testee);
  }

  void end(const caf::actor& who) {
    exit_now(who, caf::exit_reason::user_shutdown);
    settle();
  }
};

} // namespace

SCENARIO_METHOD(callers_world,
                "a dead caller's calls are cancelled at the server, and make "
                "room for others",
                "[callers]") {
  ready();
  auto doomed = spawn_agent();
  sleeps(doomed, defaults::in_flight_max + 10);
  auto waiting = echo();
  REQUIRE(waiting.open());
  REQUIRE(status_of(testee).in_flight == defaults::in_flight_max);
  REQUIRE(status_of(testee).waiting == 11);
  WHEN("it ends") {
    end(doomed);
    THEN("no time passes until another's call is at the server") {
      CHECK(server().cancels() == defaults::in_flight_max);
      CHECK(server().executed["sleep"]
            == static_cast<int>(defaults::in_flight_max));
      CHECK(server().executed["echo"] == 1);
      CHECK(status_of(testee).in_flight == 1);
      CHECK(status_of(testee).waiting == 0);
      CHECK(status_of(testee).calls_failed == defaults::in_flight_max + 10);
    }
    AND_WHEN("the server answers a call of it all the same") {
      server().answer_call();
      settle();
      CHECK(status_of(testee).late_answers == 1);
      CHECK(waiting.open());
    }
  }
}

SCENARIO_METHOD(callers_world,
                "calls by name end with their caller as well, also where the "
                "server is not ready",
                "[callers]") {
  server().answers_handshake = false;
  testee = open();
  auto doomed = spawn_agent();
  post(doomed, registry_handle, by_name<call_tool>{"a", {"sleep", {}}});
  settle();
  auto other = echo();
  REQUIRE(status_of(testee).waiting == 2);
  end(doomed);
  CHECK(status_of(testee).waiting == 1);
  server().answers_handshake = true;
  server().answer_handshake();
  settle();
  CHECK(other->ok());
  CHECK(server().executed.count("sleep") == 0);
}

SCENARIO_METHOD(callers_world,
                "a call that comes after its caller has ended goes again",
                "[callers]") {
  ready();
  auto doomed = spawn_agent();
  end(doomed);
  tell_as(doomed, testee, call_tool{"sleep", {}});
  settle();
  CHECK(server().executed["sleep"] == 1);
  CHECK(server().cancels() == 1);
  CHECK(status_of(testee).in_flight == 0);
}

SCENARIO_METHOD(callers_world,
                "callers that live on keep their calls, and those of others go "
                "on",
                "[callers]") {
  ready();
  auto first = spawn_agent();
  auto second = spawn_agent();
  sleeps(first, 2);
  auto kept = ask(second, testee, call_tool{"echo", {}});
  end(first);
  CHECK(kept.open());
  CHECK(status_of(testee).in_flight == 1);
  server().open_calls.pop_front();
  server().open_calls.pop_front();
  server().answer_call("for the second");
  settle();
  CHECK(kept->value.text() == "for the second");
}

SCENARIO_METHOD(callers_world,
                "10,000 callers of one call each leave nothing behind",
                "[callers]") {
  ready();
  server().answers_calls = true;
  auto before = running();
  for (int i = 0; i < 10'000; ++i) {
    auto brief = system.spawn<errand_boy>(caf::message_handler{});
    post(brief, testee, call_tool{"echo", {}});
    exit_now(brief, caf::exit_reason::user_shutdown);
    settle();
  }
  CHECK(running() == before);
  CHECK(status_of(testee).in_flight == 0);
  CHECK(echo()->ok());
}

SCENARIO_METHOD(callers_world,
                "a client that drains ends once its last caller has",
                "[callers]") {
  ready();
  auto doomed = spawn_agent();
  sleeps(doomed, 3);
  auto closed = ask(testee, close_client{1h});
  REQUIRE(closed.open());
  end(doomed);
  CHECK(closed->ok());
}

SCENARIO_METHOD(
  callers_world,
  "a caller that has ended waits for no server and no list either",
  "[callers]") {
  server().answers_handshake = false;
  auto x = spec();
  x.limits.waiting_calls_max = 2;
  testee = open(x);
  auto doomed = spawn_agent();
  GIVEN("lists") {
    for (int i = 0; i < 2; ++i)
      post(doomed, testee, list_tools{});
    settle();
    REQUIRE(ask(testee, list_tools{})->error.code == errc::overloaded);
    end(doomed);
    CHECK(ask(testee, list_tools{}).open());
  }
  GIVEN("servers") {
    for (size_t i = 0; i < defaults::mailbox_messages_max; ++i) {
      post(doomed, testee, ensure_ready{});
      if (i % 1000 == 0)
        settle();
    }
    settle();
    REQUIRE(ask(testee, ensure_ready{})->error.code == errc::overloaded);
    end(doomed);
    auto waiting = ask(testee, ensure_ready{});
    CHECK(waiting.open());
    server().answers_handshake = true;
    server().answer_handshake();
    settle();
    CHECK(waiting->ok());
  }
}
