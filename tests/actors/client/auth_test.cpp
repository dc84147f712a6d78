// Covers actors/client/starts.cpp, actors/client/ends.cpp,
// actors/supervision/supervisor_credentials.cpp, actors/session/exchange.cpp.

#include "troupe/tests/support/site_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct auth_fixture : site_world {
  client_handle testee;

  /// A ready client of a legacy server over HTTP.
  auth_fixture() {
    auto x = site_spec();
    x.dialect = dialect_choice::legacy;
    testee = open(x);
    REQUIRE(status_of(testee).state == phase::ready);
  }

  /// The client waits for credentials and tries nothing; a reload brings it
  /// back.
  void check_parked() {
    CHECK(trail() == "connecting handshaking ready auth_required");
    advance(10min);
    CHECK(site().connections == 1);
    auto refused = call(testee, {"find", {}});
    CHECK(refused->error.code == errc::auth_required);
    CHECK(refused->error.what_became == fate::not_sent);
    site().status = 0;
    site().answers_calls = true;
    CHECK(ask(testee, reload{})->ok());
    CHECK(call(testee, {"find", {}})->ok());
  }
};

} // namespace

SCENARIO_METHOD(auth_fixture,
                "S31: a server that stops taking our credentials waits for "
                "others, whatever the refused request was",
                "[client]") {
  GIVEN("a refused call") {
    site().status = 401;
    CHECK(call(testee, {"find", {}})->error.code == errc::auth_required);
    check_parked();
  }
  GIVEN("a refused call, with a JSON-RPC error that tells of it") {
    site().answers_calls = false;
    auto pending = call(testee, {"find", {}});
    site().refuse(site().kept.front(), 401, -32001, "the token has expired");
    site().kept.clear();
    settle();
    CHECK(pending->error.code == errc::auth_required);
    CHECK(pending->error.what_became == fate::refused);
    check_parked();
  }
  GIVEN("a refused ping") {
    site().status = 401;
    advance(31s);
    check_parked();
  }
  GIVEN("the refused word that a call was cancelled") {
    site().answers_calls = false;
    auto pending = call(testee, {"find", {}, 7});
    auto other = call(testee, {"find", {}});
    site().status = 401;
    tell(agent, testee, cancel_call{7});
    CHECK(pending->error.code == errc::cancelled);
    CHECK(other->error.code == errc::auth_required);
    CHECK(other->error.what_became == fate::outcome_unknown);
    check_parked();
  }
}

SCENARIO_METHOD(auth_fixture,
                "a server that refuses our credentials while it is reloaded "
                "is asked once more",
                "[client]") {
  site().answers_calls = false;
  auto pending = call(testee, {"find", {}});
  auto cancelled = call(testee, {"find", {}, 7});
  auto reloaded = ask(testee, reload{});
  REQUIRE(status_of(testee).state == phase::draining);
  site().status = 401;
  site().status_times = 1;
  tell(agent, testee, cancel_call{7});
  CHECK(pending->error.code == errc::auth_required);
  advance(1s);
  CHECK(reloaded->ok());
  CHECK(site().connections == 2);
}

SCENARIO_METHOD(auth_fixture,
                "S30: a client that waits for credentials goes on by itself "
                "when there are others",
                "[client]") {
  GIVEN("a refused call") {
    site().status = 401;
    auto refused = call(testee, {"find", {}});
    CHECK(refused->error.code == errc::auth_required);
    CHECK(refused->error.needs_person);
    REQUIRE(status_of(testee).state == phase::auth_required);
    WHEN("the source of another origin has others") {
      site().status = 0;
      tell(agent, supervisor_handle, credentials_changed{"http://other"});
      CHECK(status_of(testee).state == phase::auth_required);
    }
    WHEN("its own source has others") {
      site().status = 0;
      tell(agent, supervisor_handle, credentials_changed{"http://127.0.0.1:1"});
      THEN("it is ready, without a person") {
        CHECK(trail()
              == "connecting handshaking ready auth_required connecting "
                 "handshaking ready");
        CHECK(call(testee, {"find", {}})->ok());
      }
    }
    WHEN("those are refused as well, again and again") {
      for (auto i = 0; i < 100; ++i)
        tell(agent, supervisor_handle,
             credentials_changed{"http://127.0.0.1:1"});
      THEN("the gate says how often it is tried") {
        CHECK(site().connections < 30);
        site().status = 0;
        advance(2min);
        CHECK(status_of(testee).state == phase::ready);
      }
    }
  }
  GIVEN("others that come before each refusal is known, again and again") {
    site().answers_calls = false;
    site().answers_initialize = false;
    call(testee, {"find", {}});
    for (auto i = 0; i < 200 && !site().kept.empty(); ++i) {
      tell(agent, supervisor_handle, credentials_changed{"http://127.0.0.1:1"});
      auto refused = site().kept.front();
      site().kept.clear();
      site().refuse(refused, 401, -32001, "the token has expired");
      settle();
    }
    THEN("the gate says how often it is tried") {
      CHECK(site().connections < 30);
    }
  }
  GIVEN("others that come before the refusal is known") {
    site().status = 401;
    site().status_times = 1;
    tell(agent, supervisor_handle, credentials_changed{"http://127.0.0.1:1"});
    CHECK(call(testee, {"find", {}})->error.code == errc::auth_required);
    THEN("it is tried again at once") {
      CHECK(status_of(testee).state == phase::ready);
      CHECK(status_of(testee).incarnation == 2);
    }
  }
}
