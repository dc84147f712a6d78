// Covers actors/client/retry_advice.hpp, actors/supervision/supervisor.hpp.

#include "troupe/actors/client/retry_advice.hpp"

#include "troupe/tests/support/actor_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

SCENARIO("a failure says when to ask again, and who is needed",
         "[client][advice]") {
  auto advised = [](errc code, phase now) {
    return with_retry_advice({code, fate::not_sent, "why"}, now, 7s);
  };
  for (auto now : {phase::failed, phase::auth_required}) {
    CHECK(advised(errc::failed, now).needs_person);
    CHECK(advised(errc::not_ready, now).retry_after == 0s);
    CHECK_FALSE(advised(errc::invalid_argument, now).needs_person);
  }
  for (auto now : {phase::backoff, phase::degraded}) {
    CHECK(advised(errc::degraded, now).retry_after == 7s);
    CHECK_FALSE(advised(errc::degraded, now).needs_person);
    CHECK(advised(errc::closed, now).retry_after == 0s);
    CHECK(advised(errc::server_error, now).retry_after == 0s);
  }
  CHECK(advised(errc::timed_out, phase::ready).retry_after == 0s);
  // A start that is due, or waits at the gate, has no time of its own.
  for (auto now : {phase::backoff, phase::degraded})
    CHECK(with_retry_advice({errc::not_ready, fate::not_sent, ""}, now, 0s)
            .retry_after
          > 0s);
  auto full =
    with_retry_advice({errc::overloaded, fate::not_sent, ""}, phase::ready, 0s);
  CHECK(full.retry_after > 0s);
  CHECK(full.retry_after <= 1s);
  full.retry_after = 3s; // a time that the failure has already is kept
  CHECK(with_retry_advice(full, phase::backoff, 9s).retry_after == 3s);
}

namespace {

/// A server that ends on each start, and what asks for it.
struct advice_fixture : actor_world {
  client_handle testee;

  /// What each kind of request is told.
  std::vector<failure> asked() {
    return {
      call(testee)->error,
      ask(testee, list_tools{})->error,
      ask(testee, ensure_ready{})->error,
    };
  }
};

} // namespace

SCENARIO_METHOD(advice_fixture,
                "a request to a server that is away is told when to come back",
                "[client][advice]") {
  auto x = spec();
  x.not_ready = when_not_ready::refuse;
  x.restart.intensity = 2;
  GIVEN("one that fails too often") {
    server().answers_handshake = false;
    server().pipe->fail_next(errc::connection_lost, "gone");
    testee = open(x);
    REQUIRE(status_of(testee).state == phase::backoff);
    auto refused = call(testee)->error;
    CHECK(refused.code == errc::not_ready);
    CHECK(refused.retry_after == status_of(testee).next_retry);
    CHECK_FALSE(refused.needs_person);
    for (auto i = 0; i < 3; ++i) {
      server().pipe->fail_next(errc::connection_lost, "gone");
      advance(10s);
    }
    REQUIRE(status_of(testee).state == phase::degraded);
    for (auto& why : asked()) {
      INFO(why.text);
      CHECK(why.retry_after > 1s);
      CHECK_FALSE(why.needs_person);
    }
  }
  GIVEN("one that cannot work") {
    server().pipe->fail_next(errc::program_not_found, "no such program");
    testee = open(x);
    REQUIRE(status_of(testee).state == phase::failed);
    for (auto& why : asked()) {
      INFO(why.text);
      CHECK(why.needs_person);
      CHECK(why.retry_after == 0s);
    }
  }
  GIVEN("one that starts") {
    server().answers_handshake = false;
    testee = open(x);
    auto refused = call(testee)->error;
    CHECK(refused.code == errc::not_ready);
    CHECK(refused.retry_after > 0s);
    CHECK_FALSE(refused.needs_person);
  }
}

SCENARIO_METHOD(advice_fixture,
                "a transport that cannot be made is a failure of its server "
                "alone",
                "[client]") {
  remote["http://throws/"] = []() -> transport_ptr {
    throw std::runtime_error("sentinel");
  };
  auto bad = spec("bad");
  bad.transport = "http";
  bad.command.clear();
  bad.url = "http://throws/";
  testee = open(bad);
  auto now = status_of(testee);
  CHECK(now.state == phase::backoff);
  CHECK(now.last_error == errc::internal_error);
  CHECK(now.last_error_text
        == "its transport could not be made: std::runtime_error");
  auto good = open(spec("good"));
  CHECK(call(good)->ok());
  CHECK(ask(testee, close_client{})->ok());
}
