// Covers actors/client/request_book.hpp, actors/client/events.cpp,
// actors/client/ends.cpp, actors/session/exchange.cpp.
// Calls whose server has forgotten the session: which are repeated, and when.

#include "troupe/tests/support/held_worlds.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace troupe;
using namespace troupe::test;

namespace {

using call_outcome = outcome<answer<call_tool_result>>;

struct repeats_fixture : held_site_world {
  call_outcome find(uint64_t tag = 0) {
    return call(testee, {"find", {}, tag});
  }
  call_outcome write() {
    return call(testee, {"write", {}});
  }

  /// The oldest call learns that its session is no more; from here on calls
  /// are answered, if `then_answers`.
  void forget_session(bool then_answers = true) {
    site().answers_calls = then_answers;
    auto x = site().kept.front();
    site().kept.clear();
    site().forget(x);
    advance(1s);
  }

  bool ended(const call_outcome& x, errc why, fate became) {
    return x->error.code == why && x->error.what_became == became;
  }
};

} // namespace

SCENARIO_METHOD(repeats_fixture,
                "S29 T8: calls that share a forgotten session are repeated in "
                "one new session where that does no harm",
                "[calls]") {
  std::vector<call_outcome> safe;
  for (int i = 0; i < 5; ++i)
    safe.push_back(find());
  auto unsafe = write();
  forget_session();
  for (auto& x : safe)
    CHECK(x->ok());
  CHECK(site().times["initialize"] == 2);
  CHECK(site().executed["find"] == 5);
  THEN("one that may have run is its caller's to judge") {
    CHECK(ended(unsafe, errc::session_expired, fate::outcome_unknown));
    CHECK(site().executed["write"] == 0);
    CHECK(status_of(testee).calls_failed == 1);
  }
}

SCENARIO_METHOD(repeats_fixture,
                "S29: a call that no byte was sent of when its session was "
                "forgotten is sent in the next",
                "[calls]") {
  auto met = find();
  site().takes_requests = false;
  auto unsent = write();
  site().takes_requests = true;
  forget_session();
  CHECK(met->ok());
  CHECK(unsent->ok());
  CHECK(site().executed["write"] == 1);
}

SCENARIO_METHOD(repeats_fixture,
                "S29: a call is repeated once, whatever is forgotten then",
                "[calls]") {
  auto met = find();
  auto other = find();
  forget_session(false);
  REQUIRE(site().times["tools/call"] == 4);
  REQUIRE(met.open());
  forget_session(false);
  CHECK(met->error.code == errc::session_expired);
  CHECK(other->error.code == errc::session_expired);
  CHECK(site().times["tools/call"] == 4);
  AND_THEN("the client works in a third session") {
    site().answers_calls = true;
    CHECK(find()->ok());
    CHECK(site().times["initialize"] == 3);
  }
}

SCENARIO_METHOD(repeats_fixture,
                "S29: a call that is repeated keeps the deadline that it had",
                "[calls]") {
  auto pending = call(testee, {"find", {}, 0, 0ms, 10s});
  advance(6s);
  GIVEN("a server that takes it again, and is silent") {
    forget_session(false);
    REQUIRE(site().times["tools/call"] == 2);
    advance(2900ms);
    CHECK(pending.open());
    advance(200ms);
    CHECK(ended(pending, errc::timed_out, fate::outcome_unknown));
  }
  GIVEN("a server that gives no new session in time") {
    site().answers_initialize = false;
    forget_session(false);
    advance(2900ms);
    CHECK(pending.open());
    advance(200ms);
    THEN("it is known that the first try was not taken") {
      CHECK(ended(pending, errc::overdue, fate::not_sent));
    }
  }
}

SCENARIO_METHOD(repeats_fixture,
                "S29: a call that waits to be repeated can be ended, and what "
                "is said of it minds the first try",
                "[calls]") {
  auto met = find(7);
  auto other = find(8);
  site().answers_initialize = false;
  forget_session();
  REQUIRE(other.open());
  WHEN("its caller cancels") {
    tell(agent, testee, cancel_call{7});
    tell(agent, testee, cancel_call{8});
    CHECK(ended(met, errc::cancelled, fate::not_sent));
    CHECK(ended(other, errc::cancelled, fate::outcome_unknown));
  }
  WHEN("the client is closed") {
    CHECK(ask(testee, close_client{})->ok());
    CHECK(ended(met, errc::closed, fate::not_sent));
    CHECK(ended(other, errc::closed, fate::outcome_unknown));
  }
  WHEN("the client is killed") {
    caf::anon_send_exit(testee, caf::exit_reason::kill);
    settle();
    CHECK(ended(met, errc::client_down, fate::not_sent));
    CHECK(ended(other, errc::client_down, fate::outcome_unknown));
  }
}

SCENARIO_METHOD(repeats_fixture,
                "a session that is forgotten while calls drain", "[calls]") {
  auto met = find();
  auto other = find();
  GIVEN("a reload") {
    auto reloaded = ask(testee, reload{});
    REQUIRE(status_of(testee).state == phase::draining);
    forget_session();
    THEN("the calls go on in the session that follows") {
      CHECK(reloaded->ok());
      CHECK(met->ok());
      CHECK(other->ok());
    }
  }
  GIVEN("a close") {
    auto closed = ask(testee, close_client{5s});
    REQUIRE(status_of(testee).state == phase::draining);
    forget_session();
    THEN("nothing is begun again") {
      CHECK(closed->ok());
      CHECK(ended(met, errc::session_expired, fate::not_sent));
      CHECK(ended(other, errc::session_expired, fate::outcome_unknown));
      CHECK(site().times["initialize"] == 1);
    }
  }
}

SCENARIO_METHOD(repeats_fixture,
                "a call is not repeated beyond the room for those that wait",
                "[calls]") {
  auto x = legacy();
  x.name = "b";
  x.limits.waiting_calls_max = 1;
  testee = open(x);
  REQUIRE(ask(testee, list_tools{})->ok());
  site().answers_initialize = false;
  auto met = find();
  auto second = find();
  auto third = find();
  forget_session();
  CHECK(met.open());
  CHECK(ended(second, errc::session_expired, fate::outcome_unknown));
  CHECK(ended(third, errc::session_expired, fate::outcome_unknown));
  CHECK(status_of(testee).waiting == 1);
}

SCENARIO_METHOD(site_world,
                "a call of a tool whose name is hidden is repeated where that "
                "does no harm",
                "[calls][words]") {
  constexpr auto place = "a-private-place";
  ::setenv("TROUPE_TEST_PLACE", place, 1);
  auto x = site_spec();
  x.dialect = dialect_choice::legacy;
  x.headers.emplace("X-Place", "${TROUPE_TEST_PLACE}");
  site().tool = place;
  auto testee = open(x);
  auto list = ask(testee, list_tools{});
  REQUIRE(list->ok());
  site().answers_calls = false;
  auto pending = call(testee, {list->value.tools.at(0).name, {}});
  site().answers_calls = true;
  auto met = site().kept.front();
  site().kept.clear();
  site().forget(met);
  advance(1s);
  CHECK(pending->ok());
  CHECK(site().executed[place] == 1);
  ::unsetenv("TROUPE_TEST_PLACE");
}
