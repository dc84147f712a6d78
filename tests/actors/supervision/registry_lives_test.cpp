// Covers actors/supervision/registry.hpp,
// actors/supervision/registry_closing.cpp, actors/supervision/supervisor.hpp.
// A server that is closed, and a later one of its name.

#include "troupe/tests/support/registry_fixture.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace troupe;
using namespace troupe::test;

namespace {

struct lives_fixture : registry_fixture {
  outcome<answer<stop_report>> close_it(milliseconds drain = {}) {
    return ask(registry_handle, by_name<close_client>{"a", {drain}});
  }

  uint64_t incarnation_of(const std::string& name = "a") {
    return status_of(find(name)->value.handle).incarnation;
  }

  /// The incarnations that were told to be ready, in order.
  std::vector<uint64_t> told_ready(const std::string& name = "a") {
    std::vector<uint64_t> result;
    for (auto& x : events)
      if (x.server == name && x.to == phase::ready)
        result.push_back(x.incarnation);
    return result;
  }
};

} // namespace

SCENARIO_METHOD(lives_fixture,
                "S3: a stopped server that is started again is reported ready "
                "only when its new process has answered",
                "[registry]") {
  apply({spec()});
  REQUIRE(told_ready() == std::vector<uint64_t>{1});
  GIVEN("a server that was stopped") {
    REQUIRE(close_it()->ok());
    REQUIRE(find()->error.code == errc::unknown_server);
    WHEN("it is started again, and is slow") {
      server().answers_handshake = false;
      apply({spec()});
      auto ready = ask(registry_handle, by_name<ensure_ready>{"a", {}});
      advance(20s);
      THEN("it is not reported ready before it has answered") {
        CHECK(ready.open());
        CHECK(phase_of() == phase::handshaking);
        CHECK(told_ready() == std::vector<uint64_t>{1});
        server().answer_handshake();
        settle();
        CHECK(ready->value.state == phase::ready);
        CHECK(ready->value.incarnation == 2);
        CHECK(told_ready() == std::vector<uint64_t>{1, 2});
      }
    }
  }
  GIVEN("a server that takes its time to stop, and is started meanwhile") {
    server().pipe->hold_on();
    auto closed = close_it();
    server().answers_handshake = false;
    apply({spec()});
    THEN("it is not reported by the end of the old one") {
      CHECK(told_ready() == std::vector<uint64_t>{1});
      server().pipe->let_go();
      settle();
      CHECK(closed->ok());
      CHECK(phase_of() == phase::handshaking);
      server().answer_handshake();
      settle();
      CHECK(told_ready() == std::vector<uint64_t>{1, 2});
    }
  }
}

SCENARIO_METHOD(lives_fixture,
                "numbers of incarnations do not come again within a runtime",
                "[registry]") {
  apply({spec(), spec("b")});
  for (int i = 0; i < 3; ++i) {
    server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
    advance(10s);
  }
  REQUIRE(incarnation_of() == 4);
  REQUIRE(incarnation_of("b") == 1);
  WHEN("servers are closed and opened again") {
    apply({});
    apply({spec(), spec("b"), spec("c")});
    THEN("theirs are higher than all that were told of their names") {
      CHECK(incarnation_of() > 4);
      CHECK(incarnation_of("b") > 1);
      CHECK(phase_of("c") == phase::ready);
      std::map<std::string, std::vector<uint64_t>> told;
      for (auto name : {"a", "b", "c"}) {
        auto numbers = told_ready(name);
        CHECK(std::is_sorted(numbers.begin(), numbers.end()));
        CHECK(std::adjacent_find(numbers.begin(), numbers.end())
              == numbers.end());
      }
    }
  }
}

SCENARIO_METHOD(lives_fixture,
                "a second close by name shortens the first, as one by handle "
                "does",
                "[registry]") {
  apply({spec()});
  server().answers_calls = false;
  auto pending = call_named();
  auto patient = close_it(1h);
  REQUIRE(pending.open());
  REQUIRE(patient.open());
  WHEN("another one closes it at once") {
    auto hasty = close_it();
    advance(1s);
    THEN("both have their proof, and the call its answer") {
      CHECK(hasty->ok());
      CHECK(patient->ok());
      CHECK(pending->error.code == errc::closed);
    }
  }
  WHEN("another one has less patience") {
    auto other = close_it(5s);
    advance(4s);
    CHECK(pending.open());
    advance(2s);
    CHECK(patient->ok());
    CHECK(other->ok());
  }
  WHEN("another one has more") {
    auto other = close_it(2h);
    advance(30s);
    CHECK(pending.open());
    server().answer_call();
    settle();
    CHECK(pending->ok());
    CHECK(other->ok());
  }
  WHEN("a set of servers is applied without it") {
    CHECK(apply({}).stopped.empty()); // it is being stopped already
    advance(1s);
    CHECK(patient->ok());
    CHECK(pending->error.code == errc::closed);
  }
  WHEN("such a set is applied while it is wanted again") {
    CHECK(apply({spec()}).started == names{"a"});
    CHECK(apply({}).stopped == names{"a"});
    advance(1s);
    CHECK(patient->ok());
    CHECK(find()->error.code == errc::unknown_server);
  }
}
