// Covers actors/client/starts.cpp, actors/client/ends.cpp,
// actors/client/commands.cpp, actors/client/life.hpp,
// actors/client/ready_waiters.hpp, actors/supervision/supervisor.hpp.

#include "troupe/tests/support/actor_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct life_fixture : actor_world {
  outcome<answer<client_status>> ensure(const client_handle& x) {
    return ask(x, ensure_ready{});
  }

  outcome<answer<stop_report>> close(const client_handle& x) {
    return ask(x, close_client{});
  }

  outcome<answer<client_status>> again(const client_handle& x) {
    return ask(x, reload{});
  }
};

} // namespace

SCENARIO_METHOD(life_fixture, "a client becomes ready by a valid answer only",
                "[client]") {
  server().answers_handshake = false;
  auto testee = open();
  CHECK(trail() == "connecting handshaking");
  auto ready = ensure(testee);
  CHECK(ready.open());
  server().answer_handshake();
  settle();
  CHECK(ready->ok());
  CHECK(ready->value.protocol_version == "2025-11-25");
  CHECK(trail() == "connecting handshaking ready");
}

SCENARIO_METHOD(life_fixture,
                "S5: a hundred who want it ready share one "
                "attempt",
                "[client]") {
  server().answers_handshake = false;
  auto testee = open();
  std::vector<outcome<answer<client_status>>> waiting;
  for (int i = 0; i < 100; ++i)
    waiting.push_back(ensure(testee));
  SECTION("while it shakes hands") {
    server().answer_handshake();
    settle();
    for (auto& x : waiting)
      CHECK(x->ok());
    CHECK(server().pipe->connections() == 1);
  }
  SECTION("in backoff") {
    server().pipe->hang_up(errc::child_exited, "exit status 1");
    settle();
    for (auto& x : waiting)
      CHECK(x->error.code == errc::child_exited);
    CHECK(status_of(testee).state == phase::backoff);
    server().answers_handshake = true;
    waiting.clear();
    for (int i = 0; i < 100; ++i)
      waiting.push_back(ensure(testee));
    CHECK(waiting.front().open());
    advance(2s);
    for (auto& x : waiting)
      CHECK(x->ok());
    CHECK(server().pipe->connections() == 2);
  }
}

SCENARIO_METHOD(life_fixture,
                "S1: close during backoff ends it at once, and "
                "nothing is started afterwards",
                "[client]") {
  auto testee = open();
  server().pipe->hang_up(errc::child_exited, "exit status 1");
  settle();
  REQUIRE(status_of(testee).state == phase::backoff);
  auto closed = close(testee);
  CHECK(closed->ok());
  auto connections = server().pipe->connections();
  advance(10min);
  CHECK(server().pipe->connections() == connections);
  CHECK(server().initializes == 1);
}

SCENARIO_METHOD(life_fixture, "S2: close completes though its asker is gone",
                "[client]") {
  auto testee = open();
  server().pipe->hold_on();
  auto asker = spawn_agent();
  auto closed = ask(asker, testee, close_client{});
  CHECK(status_of(testee).state == phase::stopping);
  caf::anon_send_exit(asker, caf::exit_reason::user_shutdown);
  settle();
  server().pipe->let_go();
  settle();
  CHECK_FALSE(server().pipe->connected());
  CHECK(ask(registry_handle, find_client{"a"})->error.code
        == errc::unknown_server);
}

SCENARIO_METHOD(life_fixture,
                "S4: reload is answered when the next "
                "incarnation is ready, not before",
                "[client]") {
  auto testee = open();
  server().answers_handshake = false;
  auto reloaded = again(testee);
  CHECK(reloaded.open());
  CHECK(status_of(testee).state == phase::handshaking);
  SECTION("it becomes ready") {
    server().answer_handshake();
    settle();
    CHECK(reloaded->ok());
    CHECK(reloaded->value.incarnation == 2);
  }
  SECTION("it does not: a typed answer in time") {
    advance(31s);
    CHECK(reloaded->error.code == errc::handshake_timed_out);
  }
  SECTION("it dies: the reason") {
    server().pipe->hang_up(errc::child_exited, "exit status 3");
    settle();
    CHECK(reloaded->error.code == errc::child_exited);
  }
}

SCENARIO_METHOD(life_fixture,
                "reload starts the new server only after the old "
                "one is gone",
                "[client]") {
  auto testee = open();
  server().pipe->hold_on();
  auto reloaded = again(testee);
  CHECK(server().pipe->connections() == 1);
  server().pipe->let_go();
  settle();
  CHECK(server().pipe->connections() == 2);
  CHECK(reloaded->ok());
}

SCENARIO_METHOD(life_fixture,
                "S7: a server that dies while idle is noticed "
                "without any call, and comes back",
                "[client]") {
  auto testee = open();
  server().pipe->hang_up(errc::child_exited, "signal 9");
  settle();
  CHECK(status_of(testee).state == phase::backoff);
  CHECK(status_of(testee).next_retry > 0ms);
  advance(2s);
  CHECK(status_of(testee).state == phase::ready);
  CHECK(status_of(testee).incarnation == 2);
  CHECK(status_of(testee).restarts == 1);
}

SCENARIO_METHOD(life_fixture,
                "S8 L2: a start that is closed half-way leaves "
                "nothing",
                "[client]") {
  SECTION("while connecting") {
    server().pipe->hold_connections();
    auto testee = open();
    REQUIRE(status_of(testee).state == phase::connecting);
    CHECK(close(testee)->ok());
  }
  SECTION("while shaking hands") {
    server().answers_handshake = false;
    auto testee = open();
    CHECK(close(testee)->ok());
  }
  CHECK_FALSE(server().pipe->connected());
  advance(10min);
  CHECK(server().pipe->connections() == 1);
  // monitor, supervisor, registry, agent and observer
  CHECK(running() == 5);
}

SCENARIO_METHOD(life_fixture,
                "S10: a server that never answers is given up "
                "and tried again; close does not wait for it",
                "[client]") {
  server().answers_handshake = false;
  auto testee = open();
  auto ready = ensure(testee);
  SECTION("its deadline") {
    advance(30s);
    CHECK(ready->error.code == errc::handshake_timed_out);
    advance(1s);
    CHECK(status_of(testee).last_error == errc::handshake_timed_out);
  }
  SECTION("close") {
    auto closed = close(testee);
    CHECK(closed->ok());
    CHECK(ready->error.code == errc::closed);
  }
}

SCENARIO_METHOD(life_fixture,
                "a server that ends on the probe is started again at once "
                "without one, and who waits for it hears of that alone",
                "[client]") {
  server().ends_on_probe = true;
  auto x = spec();
  x.dialect = dialect_choice::automatic;
  x.restart.intensity = 1; // its end parks it, were there no second try
  x.lazy = true;
  auto testee = open(x);
  SECTION("for it to be ready") {
    CHECK(ensure(testee)->ok());
  }
  SECTION("with a call") {
    CHECK(call(testee)->ok());
  }
  CHECK(status_of(testee).state == phase::ready);
  CHECK(server().pipe->connections() == 2);
  CHECK(server().initializes == 1);
}

SCENARIO_METHOD(life_fixture, "close is answered in every phase", "[client]") {
  client_handle testee;
  SECTION("idle") {
    auto x = spec();
    x.lazy = true;
    testee = open(x);
    REQUIRE(status_of(testee).state == phase::idle);
  }
  SECTION("ready") {
    testee = open();
  }
  SECTION("draining") {
    testee = open();
    server().answers_calls = false;
    auto open_call = call(testee);
    auto reloaded = again(testee);
    REQUIRE(status_of(testee).state == phase::draining);
    auto closed = close(testee);
    CHECK(reloaded->error.code == errc::closed);
    CHECK(open_call->error.code == errc::closed);
    CHECK(closed->ok());
    return;
  }
  SECTION("failed") {
    server().pipe->fail_next(errc::program_not_found, "no such program");
    testee = open();
    REQUIRE(status_of(testee).state == phase::failed);
  }
  SECTION("degraded") {
    testee = open();
    for (int i = 0; i < 5; ++i) {
      server().pipe->hang_up();
      advance(10s);
    }
    REQUIRE(status_of(testee).state == phase::degraded);
  }
  CHECK(close(testee)->ok());
  settle();
  CHECK(ask(registry_handle, find_client{"a"})->error.code
        == errc::unknown_server);
}

SCENARIO_METHOD(life_fixture,
                "a close that finds an unkillable process is "
                "answered, with a weaker proof",
                "[client]") {
  auto testee = open();
  server().pipe->hold_on();
  auto closed = close(testee);
  advance(5s);
  CHECK(closed.open());
  advance(10s);
  REQUIRE(closed->ok());
  CHECK(closed->value.left == proof::unkillable);
  CHECK_FALSE(is_clean(closed->value.left));
}

SCENARIO_METHOD(life_fixture,
                "S12: a missing program fails at once; a new "
                "spec starts at once",
                "[client]") {
  server().pipe->fail_next(errc::program_not_found, "no program 'x' in PATH");
  auto testee = open();
  CHECK(status_of(testee).state == phase::failed);
  auto refused = ensure(testee);
  CHECK(refused->error.code == errc::program_not_found);
  CHECK(refused->error.text == "no program 'x' in PATH");
  CHECK(call(testee)->error.code == errc::failed);
  advance(1h);
  CHECK(server().pipe->connections() == 1);
  auto better = spec();
  better.args = {"--good"};
  auto reloaded = ask(testee, reload{0ms, {better}});
  CHECK(reloaded->ok());
}

SCENARIO_METHOD(life_fixture,
                "S27: a server that connects and dies is "
                "parked, and probed for ever",
                "[client]") {
  auto testee = open();
  for (int i = 0; i < 5; ++i) {
    server().pipe->hang_up(errc::child_exited, "exit status 0");
    advance(10s);
  }
  CHECK(status_of(testee).state == phase::degraded);
  auto connections = server().pipe->connections();
  CHECK(connections == 5);
  SECTION("a call is refused, not sent, and brings one try each 30 s") {
    server().answers_handshake = false;
    server().pipe->fail_next(errc::child_exited, "again");
    auto first = call(testee);
    settle();
    CHECK(first->error.what_became == fate::not_sent);
    CHECK(server().pipe->connections() == connections + 1);
    auto second = call(testee);
    CHECK(second->error.code == errc::degraded);
    CHECK(server().pipe->connections() == connections + 1);
  }
  SECTION("after five minutes a probe brings it back") {
    advance(370s);
    CHECK(status_of(testee).state == phase::ready);
    CHECK(call(testee)->ok());
  }
}

SCENARIO_METHOD(life_fixture, "a lazy server starts on first use", "[client]") {
  auto x = spec();
  x.lazy = true;
  auto testee = open(x);
  CHECK(server().pipe->connections() == 0);
  CHECK(call(testee)->ok());
  CHECK(server().pipe->connections() == 1);
}

SCENARIO_METHOD(life_fixture, "handles stay good through every restart",
                "[client]") {
  auto testee = open();
  for (int i = 0; i < 3; ++i) {
    server().pipe->hang_up();
    advance(10s);
    CHECK(call(testee)->ok());
  }
}

SCENARIO_METHOD(life_fixture,
                "a client that dies of a bug is made anew under "
                "the same name",
                "[client]") {
  auto testee = open();
  caf::anon_send_exit(testee, caf::exit_reason::kill);
  settle();
  auto found = ask(registry_handle, find_client{"a"});
  REQUIRE(found->ok());
  CHECK(found->value.handle != testee);
  advance(2s);
  CHECK(call(found->value.handle)->ok());
  CHECK(server().pipe->connections() == 2);
}
