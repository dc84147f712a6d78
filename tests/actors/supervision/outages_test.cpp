// Covers actors/supervision/supervisor.hpp,
// actors/supervision/restart_history.hpp, actors/supervision/spawn_gate.hpp,
// actors/client/ends.cpp, actors/session/reachability_check.hpp.

#include "troupe/tests/support/site_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct outage_fixture : site_world {
  client_handle testee;

  void ready(dialect_choice dialect) {
    auto x = site_spec();
    x.dialect = dialect;
    testee = open(x);
    REQUIRE(status_of(testee).state == phase::ready);
    REQUIRE(ask(testee, list_tools{})->ok());
  }

  /// The server cannot be reached, and open exchanges are cut.
  void go_away() {
    site().reachable = false;
    for (auto& x : std::exchange(site().streams, {}))
      site().cut(x);
    settle();
  }

  /// What is sent is taken, and never answered.
  void fall_silent(bool silent) {
    auto& x = site();
    x.answers_calls = x.answers_lists = !silent;
    x.answers_pings = x.answers_initialize = !silent;
  }

  void check_back() {
    advance(6min); // a parked server is tried each 300 s, a fifth more or less
    CHECK(status_of(testee).state == phase::ready);
    CHECK(call(testee, {"find", {}})->ok());
    auto list = ask(testee, list_tools{});
    REQUIRE(list->ok());
    CHECK_FALSE(list->value.stale);
  }
};

} // namespace

SCENARIO_METHOD(outage_fixture,
                "L3: a server whose network is away for an hour works again "
                "without anybody's help",
                "[supervision]") {
  auto dialect = GENERATE(dialect_choice::legacy, dialect_choice::modern);
  ready(dialect);
  WHEN("the server cannot be reached for an hour") {
    go_away();
    call(testee, {"find", {}}); // a modern server is not pinged
    advance(1h);
    THEN("it is tried seldom, and who asks meanwhile does not hang") {
      CHECK(status_of(testee).state == phase::degraded);
      CHECK(site().connections > 8);
      CHECK(site().connections < 30);
      auto refused = call(testee, {"find", {}});
      CHECK(refused->error.what_became == fate::not_sent);
      auto list = ask(testee, list_tools{});
      REQUIRE(list->ok());
      CHECK(list->value.stale);
    }
    AND_THEN("once it is back the same handle works") {
      site().reachable = true;
      check_back();
    }
  }
  WHEN("everything sent is lost without a word for an hour") {
    fall_silent(true);
    auto lost = call(testee, {"find", {}});
    advance(1h);
    CHECK(lost->error.what_became == fate::outcome_unknown);
    CHECK(site().connections < 60);
    THEN("it works as soon as it is back") {
      fall_silent(false);
      check_back();
    }
  }
}

namespace {

struct hiccup_fixture : actor_world {
  static constexpr int users = 100;

  size_t told(phase to) {
    return static_cast<size_t>(std::count_if(
      events.begin(), events.end(), [to](auto& x) { return x.to == to; }));
  }
};

} // namespace

SCENARIO_METHOD(hiccup_fixture,
                "L5: one hiccup is one reconnect, however many ask for it",
                "[supervision]") {
  auto testee = open();
  REQUIRE(server().pipe->connections() == 1);
  GIVEN("a server that died, and 100 users who each miss three tools") {
    server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
    std::vector<outcome<answer<call_tool_result>>> calls;
    std::vector<outcome<answer<client_status>>> waits;
    for (int i = 0; i < users; ++i) {
      waits.push_back(send_to(testee, ensure_ready{}));
      for (auto tool : {"x", "y", "z"})
        calls.push_back(send_to(testee, call_tool{tool, {}}));
    }
    settle();
    advance(3s);
    THEN("there is one start more, told once, and everybody is served") {
      CHECK(server().pipe->connections() == 2);
      CHECK(told(phase::backoff) == 1);
      CHECK(trail()
            == "connecting handshaking ready backoff connecting handshaking "
               "ready");
      for (auto& x : calls)
        CHECK(x->ok());
    }
  }
  GIVEN("100 users who reload it at once") {
    std::vector<outcome<answer<client_status>>> waits;
    for (int i = 0; i < users; ++i)
      waits.push_back(send_to(testee, reload{}));
    settle();
    CHECK(server().pipe->connections() == 2);
    CHECK(told(phase::draining) == 1);
    for (auto& x : waits)
      CHECK(x->ok());
  }
  GIVEN("100 users who reload it one after the other while it starts") {
    server().answers_handshake = false;
    std::vector<outcome<answer<client_status>>> waits;
    for (int i = 0; i < users; ++i)
      waits.push_back(ask(testee, reload{}));
    server().answer_handshake();
    settle();
    CHECK(server().pipe->connections() == 2);
    for (auto& x : waits)
      CHECK(x->ok());
  }
  GIVEN("a server that is parked, and 100 users who call it again and again") {
    server().exits_at_once = true;
    server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
    advance(60s);
    REQUIRE(status_of(testee).state == phase::degraded);
    auto before = server().pipe->connections();
    for (int second = 0; second < 10; ++second) {
      for (int i = 0; i < users; ++i)
        send_to(testee, call_tool{"x", {}});
      settle();
      advance(1s);
    }
    THEN("all of them together bring one try forward") {
      CHECK(server().pipe->connections() - before <= 1);
      CHECK(told(phase::degraded) <= 2);
    }
  }
}
