// Covers actors/client/commands.cpp, actors/client/starts.cpp,
// actors/client/ends.cpp, actors/client/life.hpp, actors/session/handshake.hpp.

#include "troupe/tests/support/actor_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct edges_fixture : actor_world {
  server_spec changed() {
    auto x = spec();
    x.args = {"--other"};
    return x;
  }

  outcome<answer<client_status>> replace(const client_handle& client) {
    return ask(client, reload{0ms, {changed()}});
  }
};

} // namespace

SCENARIO_METHOD(edges_fixture,
                "L1: a new spec that comes during a start begins a new start",
                "[client]") {
  GIVEN("a server that does not answer the handshake") {
    server().answers_handshake = false;
    auto testee = open();
    REQUIRE(status_of(testee).state == phase::handshaking);
    WHEN("its spec is changed, twice, and then it answers") {
      auto first = replace(testee);
      server().answers_handshake = true;
      auto second = ask(testee, reload{0ms, {spec()}});
      THEN("both are answered by a client that is ready") {
        CHECK(first->ok());
        CHECK(second->ok());
        CHECK(status_of(testee).state == phase::ready);
      }
    }
  }
  GIVEN("a connection that does not come up") {
    server().pipe->hold_connections();
    auto testee = open();
    REQUIRE(status_of(testee).state == phase::connecting);
    WHEN("its spec is changed, and connections come up again") {
      auto replaced = replace(testee);
      server().pipe->release();
      settle();
      THEN("the next one is ready") {
        CHECK(replaced->ok());
      }
    }
  }
}

SCENARIO_METHOD(edges_fixture,
                "a second process is tried for what a probe has done, and not "
                "for silence",
                "[client]") {
  server().answers_handshake = false;
  auto x = spec();
  x.dialect = dialect_choice::automatic;
  auto testee = open(x);
  advance(4s);
  REQUIRE(server().initializes == 1); // in the process that was probed
  WHEN("a server is silent until its deadline") {
    advance(26s);
    THEN("that is a failure like others") {
      CHECK(server().pipe->connections() == 1);
      CHECK(status_of(testee).state == phase::backoff);
      CHECK(status_of(testee).last_error == errc::handshake_timed_out);
      AND_THEN("the next one is not probed; it may have been the probe") {
        server().answers_handshake = true;
        server().open_handshakes.clear();
        advance(2s);
        CHECK(server().initializes == 2);
        CHECK(status_of(testee).state == phase::ready);
        AND_THEN("that it dies later is not the probe's doing") {
          server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
          settle();
          CHECK(status_of(testee).state == phase::backoff);
        }
      }
    }
  }
  WHEN("it ends before it has answered the probe") {
    server().answers_handshake = true;
    server().open_handshakes.clear();
    server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
    settle();
    THEN("it is started again at once, without one") {
      CHECK(server().pipe->connections() == 2);
      CHECK(status_of(testee).state == phase::ready);
    }
  }
  WHEN("it ends after it has refused the probe, late") {
    server().pipe->send(json_rpc::format_error(
      json_rpc::id{int64_t{1}}, json_rpc::method_not_found, "no method"));
    server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
    settle();
    THEN("it waits") {
      CHECK(server().pipe->connections() == 1);
      CHECK(status_of(testee).state == phase::backoff);
    }
  }
}

SCENARIO_METHOD(edges_fixture,
                "what was learnt of a server is not believed of its successor",
                "[client]") {
  auto x = spec();
  x.dialect = dialect_choice::automatic;
  auto testee = open(x);
  REQUIRE(server().probes == 1);
  REQUIRE(status_of(testee).state == phase::ready);
  x.args = {"--other"};
  SECTION("reloaded while it is ready") {
    ask(testee, reload{0ms, {x}});
  }
  SECTION("reloaded while it drains") {
    server().answers_calls = false;
    auto pending = call(testee);
    auto first = ask(testee, reload{});
    ask(testee, reload{0ms, {x}});
    server().answer_call();
    settle();
  }
  CHECK(server().probes == 2);
  CHECK(status_of(testee).state == phase::ready);
}

SCENARIO_METHOD(edges_fixture, "limits that come with a reload are in force",
                "[client]") {
  auto x = spec();
  x.limits.waiting_calls_max = 1;
  auto testee = open(x);
  server().answers_handshake = false;
  x.limits.waiting_calls_max = 2;
  x.limits.in_flight_max = 1;
  auto reloaded = ask(testee, reload{0ms, {x}});
  GIVEN("more calls than may wait") {
    auto first = call(testee);
    auto second = call(testee);
    auto third = call(testee);
    CHECK(first.open());
    CHECK(second.open());
    CHECK(third->error.code == errc::overloaded);
    WHEN("it is ready") {
      server().answers_calls = false;
      server().answer_handshake();
      settle();
      THEN("so many are in flight as the new spec says") {
        CHECK(status_of(testee).in_flight == 1);
        CHECK(status_of(testee).waiting == 1);
      }
    }
  }
  GIVEN("a policy that parks it at its first failure") {
    x.restart.intensity = 1;
    ask(testee, reload{0ms, {x}});
    server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
    settle();
    CHECK(status_of(testee).state == phase::degraded);
  }
}

SCENARIO_METHOD(edges_fixture,
                "a server has the graces that it was started with",
                "[client]") {
  auto x = spec();
  x.timeouts.stop_grace = 20s;
  auto testee = open(x);
  server().pipe->hold_on();
  x.timeouts.stop_grace = 100ms;
  auto reloaded = ask(testee, reload{0ms, {x}});
  auto closed = ask(testee, close_client{});
  SECTION("a close waits for it") {
    advance(40s);
    CHECK(closed.open());
    server().pipe->let_go();
    settle();
    CHECK(closed->value.left == proof::no_process);
  }
  SECTION("and so does the end of all") {
    auto all = ask(registry_handle, stop_all{});
    advance(40s);
    CHECK(all.open());
    server().pipe->let_go();
    settle();
    CHECK(all->value.clean);
  }
}

SCENARIO_METHOD(edges_fixture,
                "a failure is told once, with what was decided on it",
                "[client]") {
  auto testee = open();
  REQUIRE(trail() == "connecting handshaking ready");
  SECTION("its end is seen at once") {
    server().pipe->hang_up(errc::child_exited, "exit status 3", 3);
    settle();
    CHECK(trail() == "connecting handshaking ready backoff");
    auto& told = events.back();
    CHECK(told.from == phase::ready);
    CHECK(told.why == errc::child_exited);
    CHECK(told.next_retry > 0ms);
    CHECK(told.stopped.incarnation == 1);
    CHECK(told.stopped.exit_status == 3);
    advance(2s);
    CHECK(trail()
          == "connecting handshaking ready backoff connecting handshaking "
             "ready");
  }
  SECTION("its process is slow to go: the loss does not wait for it") {
    server().pipe->hold_on();
    server().pipe->hang_up(errc::connection_lost, "the end of stdout");
    settle();
    CHECK(status_of(testee).state == phase::backoff);
    advance(1s);
    CHECK(trail() == "connecting handshaking ready backoff");
    CHECK(events.back().from == phase::ready);
    CHECK(events.back().next_retry == 0ms);
    server().pipe->let_go();
    settle();
    CHECK(events.back().from == phase::backoff);
    CHECK(events.back().next_retry > 0ms);
  }
  SECTION("it is closed before anything is decided") {
    server().pipe->hold_on();
    server().pipe->hang_up(errc::connection_lost, "the end of stdout");
    settle();
    auto closed = ask(testee, close_client{});
    CHECK(trail() == "connecting handshaking ready backoff stopping");
  }
  SECTION("it is parked") {
    for (int i = 0; i < 5; ++i) {
      server().pipe->hang_up(errc::child_exited, "exit status 3", 3);
      advance(10s);
    }
    CHECK(trail().ends_with("ready backoff degraded"));
  }
}

SCENARIO_METHOD(edges_fixture, "a second close may shorten the first",
                "[client]") {
  GIVEN("a client that is closed when its call has ended, within a minute") {
    auto testee = open();
    server().answers_calls = false;
    auto pending = call(testee);
    auto patient = ask(testee, close_client{60s});
    REQUIRE(patient.open());
    WHEN("another one closes it at once") {
      auto hasty = ask(testee, close_client{});
      advance(1s);
      THEN("both have their proof, and the call its answer") {
        CHECK(hasty->ok());
        CHECK(patient->ok());
        CHECK(pending->error.code == errc::closed);
      }
    }
  }
}

SCENARIO_METHOD(edges_fixture,
                "a close of a client that is killed meanwhile "
                "does not promise that nothing is left",
                "[client]") {
  auto testee = open();
  server().pipe->hold_on();
  auto closed = ask(testee, close_client{});
  REQUIRE(closed.open());
  caf::anon_send_exit(testee, caf::exit_reason::kill);
  settle();
  REQUIRE(closed->ok());
  CHECK_FALSE(is_clean(closed->value.left));
}

SCENARIO_METHOD(edges_fixture, "a call's total deadline counts while it waits",
                "[calls]") {
  GIVEN("a server that is not ready, and a call that has two seconds") {
    server().answers_handshake = false;
    auto testee = open();
    call_tool what{"echo", {}};
    what.total_timeout = 2s;
    auto pending = call(testee, what);
    WHEN("three seconds later the server is ready") {
      advance(3s);
      server().answer_handshake();
      settle();
      THEN("the call was overdue, and never sent") {
        CHECK(pending->error.code == errc::overdue);
        CHECK(pending->error.what_became == fate::not_sent);
        CHECK(server().executed.empty());
      }
    }
  }
}

SCENARIO_METHOD(edges_fixture,
                "a client whose server cannot be killed is closed for all who "
                "ask",
                "[client]") {
  auto testee = open();
  server().pipe->hold_on();
  auto closed = ask(testee, close_client{});
  advance(15s);
  REQUIRE(closed->value.left == proof::unkillable);
  REQUIRE(status_of(testee).state == phase::stopping);
  CHECK(ask(testee, list_tools{})->error.code == errc::closed);
  CHECK(ask(testee, list_prompts{})->error.code == errc::closed);
  CHECK(call(testee)->error.code == errc::closed);
}

SCENARIO_METHOD(edges_fixture,
                "a call that is cancelled while it waits counts as failed",
                "[calls]") {
  server().answers_handshake = false;
  auto testee = open();
  auto waits = call(testee, {"echo", {}, 5});
  REQUIRE(waits.open());
  tell(agent, testee, cancel_call{5});
  REQUIRE(waits->error.code == errc::cancelled);
  CHECK(status_of(testee).calls_total == 1);
  CHECK(status_of(testee).calls_failed == 1);
}
