// Covers actors/client/ready_waiters.hpp, actors/client/commands.cpp,
// actors/supervision/registry.hpp.
// Agents that ask for a ready server just when it has failed.

#include "troupe/tests/support/registry_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct ready_fixture : registry_fixture {
  outcome<answer<client_status>> ensure(const client_handle& x,
                                        milliseconds timeout = {}) {
    return ask(x, ensure_ready{timeout});
  }

  /// Its server dies, and what is decided on that is not known yet.
  void lose() {
    server().pipe->hold_on();
    server().pipe->hang_up(errc::child_exited, "exit status 3", 3);
    settle();
  }

  void decide() {
    server().pipe->let_go();
    settle();
  }
};

} // namespace

SCENARIO_METHOD(ready_fixture,
                "an agent that wants a server ready just after its death waits "
                "for the next start",
                "[client]") {
  auto x = spec();
  x.restart.intensity = 3;
  x.restart.jitter = 0;
  GIVEN("a ready server that dies, and is to be started again") {
    auto testee = open(x);
    lose();
    REQUIRE(status_of(testee).state == phase::backoff);
    auto at_once = ensure(testee);
    decide();
    auto later = ensure(testee);
    REQUIRE(status_of(testee).next_retry > 0ms);
    WHEN("it starts again") {
      CHECK(at_once.open());
      advance(2s);
      THEN("all have what they want") {
        CHECK(at_once->ok());
        CHECK(later->ok());
        CHECK(server().pipe->connections() == 2);
      }
    }
    WHEN("the next start fails as well") {
      server().answers_handshake = false;
      advance(2s);
      REQUIRE(server().pipe->connections() == 2);
      REQUIRE(at_once.open());
      server().pipe->hang_up(errc::child_exited, "exit status 4", 4);
      settle();
      THEN("that is their answer") {
        CHECK(at_once->error.text.find("exit status 4") != std::string::npos);
        CHECK(later->error.text.find("exit status 4") != std::string::npos);
      }
    }
  }
  GIVEN("one who asked while it shook hands") {
    server().answers_handshake = false;
    auto testee = open(x);
    auto before = ensure(testee);
    lose();
    auto after = ensure(testee);
    decide();
    THEN("hears how that ended and when to ask again, who asked afterwards "
         "waits") {
      CHECK(before->error.code == errc::child_exited);
      CHECK(before->error.retry_after > 0ms);
      CHECK(after.open());
    }
  }
  GIVEN("a server that is parked by that death") {
    x.restart.intensity = 1;
    auto testee = open(x);
    lose();
    auto waits = ensure(testee);
    decide();
    REQUIRE(status_of(testee).state == phase::degraded);
    CHECK(waits->error.code == errc::child_exited);
  }
  GIVEN("a server whose next start is far away") {
    x.restart.backoff_first = 1h;
    x.restart.backoff_max = 1h;
    auto testee = open(x);
    lose();
    auto waits = ensure(testee, 10s);
    decide();
    CHECK(waits.open());
    advance(10s);
    THEN("the answer comes in time, with what is known") {
      CHECK(waits->error.code == errc::timed_out);
      CHECK(waits->error.text.find("exit status 3") != std::string::npos);
    }
  }
  GIVEN("a client that died, and its successor") {
    open(x);
    exit_now(find()->value.handle, caf::exit_reason::user_shutdown);
    auto waits = send(by_name<ensure_ready>{"a", {}});
    settle();
    CHECK(waits.open());
    advance(2s);
    CHECK(waits->ok());
  }
}
