// Covers actors/supervision/registry.hpp,
// actors/supervision/registry_closing.cpp.

#include "troupe/actors/client/client.hpp"

#include "troupe/tests/support/registry_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

// -- the moment without a client ----------------------------------------------

SCENARIO_METHOD(registry_fixture,
                "a call right behind the server's adding waits for its client",
                "[registry]") {
  server();
  auto applied = send(apply_servers{{spec()}});
  auto called = send(by_name<call_tool>{"a", {"echo", {}}});
  auto found = send(find_client{"a"});
  SECTION("nothing else") {
    settle();
    CHECK(called->ok());
    CHECK(found->ok());
    CHECK(server().pipe->connections() == 1);
  }
  SECTION("and a close: the call is refused, the close proves") {
    auto closed = send(by_name<close_client>{"a", {}});
    settle();
    CHECK(closed->ok());
    CHECK(is_clean(closed->value.left));
    CHECK(called->error.code == errc::closed);
    CHECK(find()->error.code == errc::unknown_server);
    CHECK_FALSE(server().pipe->connected());
  }
  SECTION("and the end of all: it is stopped, and counted") {
    auto stopped = send(stop_all{});
    settle();
    CHECK(stopped->value.names == names{"a"});
    CHECK(stopped->value.clean);
    CHECK_FALSE(server().pipe->connected());
  }
  SECTION("and another spec: one server runs, by that one") {
    auto second = send(apply_servers{{other_spec()}});
    settle();
    CHECK(second->value.replaced == names{"a"});
    CHECK(phase_of() == phase::ready);
    CHECK(apply({other_spec()}).unchanged == names{"a"});
  }
}

SCENARIO_METHOD(registry_fixture,
                "a client that dies: its calls are answered, its successor "
                "takes the next",
                "[registry]") {
  apply({spec()});
  server().answers_calls = false;
  auto in_flight = call_named();
  auto first = find()->value.handle;
  GIVEN("it ended by a bug, with one call in flight") {
    exit_now(first, caf::exit_reason::user_shutdown);
    auto next = send(by_name<call_tool>{"a", {"echo", {}}});
    server().answers_calls = true;
    server().open_calls.clear();
    advance(2s);
    CHECK(in_flight->error.code == errc::client_down);
    CHECK(in_flight->error.what_became == fate::outcome_unknown);
    THEN("the next call runs on the new one, once") {
      CHECK((next->ok() || next->error.what_became == fate::not_sent));
      CHECK(call_named()->ok());
      CHECK(find()->value.handle != first);
      CHECK(server().pipe->connections() == 2);
    }
  }
  GIVEN("calls that waited in it") {
    server().answers_handshake = false;
    server().pipe->hang_up();
    auto waits = call_named();
    REQUIRE(waits.open());
    exit_now(first, caf::exit_reason::user_shutdown);
    settle();
    CHECK(waits->error.code == errc::client_down);
    CHECK(waits->error.what_became == fate::not_sent);
  }
  GIVEN("it died while it was being closed") {
    server().pipe->hold_on();
    auto closed = close_of_a();
    auto directly = ask(first, close_client{});
    exit_now(first, caf::exit_reason::user_shutdown);
    settle();
    CHECK(directly->value.left == proof::best_effort);
    CHECK(closed.open()); // nothing proves that the server is gone
    server().pipe->let_go();
    settle();
    THEN("the proof comes, nothing is left, and the name is free") {
      CHECK(closed->value.left == proof::no_process);
      CHECK(find()->error.code == errc::unknown_server);
      CHECK(running() == 5);
      CHECK(apply({spec()}).started == names{"a"});
      CHECK(phase_of() == phase::ready);
    }
  }
  GIVEN("it was killed, and its transport with it") {
    server().pipe->hold_on();
    caf::anon_send_exit(first, caf::exit_reason::kill);
    auto closed = send(by_name<close_client>{"a", {}});
    settle();
    THEN("close does not claim to know") {
      CHECK(closed->value.left == proof::best_effort);
    }
  }
  GIVEN("it died just before it was to be closed") {
    exit_now(first, caf::exit_reason::user_shutdown);
    auto closed = send(by_name<close_client>{"a", {}});
    auto again = send(by_name<close_client>{"a", {}});
    settle();
    THEN("its successor is closed") {
      CHECK(closed->ok());
      CHECK(again->ok());
      CHECK(find()->error.code == errc::unknown_server);
      CHECK_FALSE(server().pipe->connected());
    }
  }
  GIVEN("it died just before everything was to be stopped") {
    server().pipe->hold_on();
    exit_now(first, caf::exit_reason::user_shutdown);
    auto stopped = send(stop_all{});
    settle();
    CHECK(stopped.open());
    server().pipe->let_go();
    settle();
    THEN("its successor is stopped, with the proof") {
      CHECK(stopped->value.names == names{"a"});
      CHECK(stopped->value.clean);
    }
  }
  GIVEN("it died, and its server takes its time to end") {
    server().pipe->hold_on();
    exit_now(first, caf::exit_reason::user_shutdown);
    settle();
    auto closed = close_of_a();
    THEN("a close of the new one waits for the old server's proof") {
      CHECK(closed.open());
      server().pipe->let_go();
      settle();
      CHECK(closed->value.left == proof::no_process);
    }
  }
}

SCENARIO_METHOD(registry_fixture,
                "an agent that is linked to a client and ends well does not "
                "end it",
                "[registry]") {
  auto testee = open();
  auto friendly = system.spawn<errand_boy>(caf::message_handler{});
  tell_anon(friendly, errand{[testee](caf::event_based_actor* self) {
              self->link_to(testee);
              self->quit();
            }});
  settle();
  CHECK(find()->value.handle == testee);
  CHECK(call(testee)->ok());
}

// -- the end of all -----------------------------------------------------------

SCENARIO_METHOD(registry_fixture, "all are stopped, in whatever phase they are",
                "[registry]") {
  auto in = [this](const std::string& name, phase x) {
    CHECK(phase_of(name) == x);
  };
  open(spec("ready"));
  auto idle = spec("idle");
  idle.lazy = true;
  open(idle);
  server("connecting").pipe->hold_connections();
  open(spec("connecting"));
  server("handshaking").answers_handshake = false;
  open(spec("handshaking"));
  open(spec("backoff"));
  server("backoff").pipe->hang_up();
  server("failed").pipe->fail_next(errc::program_not_found, "no program");
  open(spec("failed"));
  server("draining").answers_calls = false;
  auto draining = open(spec("draining"));
  auto in_flight = call(draining);
  auto reloading = ask(draining, reload{});
  server("stopping").pipe->hold_on();
  auto stopping = open(spec("stopping"));
  auto closing = ask(stopping, close_client{});
  settle();
  for (auto& [name, x] : {std::pair{"ready", phase::ready},
                          {"idle", phase::idle},
                          {"connecting", phase::connecting},
                          {"handshaking", phase::handshaking},
                          {"backoff", phase::backoff},
                          {"failed", phase::failed},
                          {"draining", phase::draining},
                          {"stopping", phase::stopping}})
    in(name, x);
  auto stopped = ask(registry_handle, stop_all{});
  THEN("what comes now is refused") {
    auto late = ask(registry_handle, apply_servers{{spec()}});
    CHECK(late->error.code == errc::runtime_stopped);
    auto open_late = ask(registry_handle, open_client{spec()});
    CHECK(open_late->error.code == errc::runtime_stopped);
    CHECK(stopped.open());
  }
  server("stopping").pipe->let_go();
  settle();
  CHECK(stopped->value.names.size() == 8);
  CHECK(stopped->value.clean);
  CHECK(in_flight->error.code == errc::closed);
  CHECK(reloading->error.code == errc::runtime_stopped);
  CHECK(closing->ok());
  for (auto& [name, x] : servers)
    CHECK_FALSE(x->pipe->connected());
  // Monitor, supervisor, registry, agent and observer.
  CHECK(running() == 5);
  advance(10min);
  for (auto& [name, x] : servers)
    CHECK(x->pipe->connections() <= 1);
}

SCENARIO_METHOD(registry_fixture,
                "S11 L6: all servers are told to stop before one of them is "
                "gone",
                "[registry]") {
  names all;
  for (auto i = 0; i < 20; ++i) {
    all.push_back("s" + std::to_string(i));
    server(all.back()).pipe->hold_on();
    open(spec(all.back()));
  }
  auto stopped = ask(registry_handle, stop_all{});
  for (auto& name : all) {
    CHECK(trail(name).ends_with("stopping"));
    CHECK_FALSE(server(name).pipe->connected());
  }
  for (auto& name : all) {
    CHECK(stopped.open());
    server(name).pipe->let_go();
    settle();
  }
  CHECK(stopped->value.names.size() == 20);
  CHECK(stopped->value.clean);
}

SCENARIO_METHOD(registry_fixture,
                "the end of all grants the graces that were configured, and "
                "no more",
                "[registry]") {
  auto patient = spec();
  patient.timeouts.stop_grace = 10s;
  open(patient);
  open(spec("b"));
  server().pipe->hold_on();
  auto stopped = ask(registry_handle, stop_all{});
  advance(19s); // three times what all have together
  CHECK(stopped.open());
  WHEN("the server uses its graces") {
    server().pipe->let_go();
    settle();
    THEN("the end is clean") {
      CHECK(stopped->value.names == names{"b", "a"});
      CHECK(stopped->value.clean);
    }
  }
  WHEN("it needs more") {
    advance(5s);
    THEN("that is told, and the others' proof with it") {
      CHECK_FALSE(stopped->value.clean);
      CHECK(is_clean(stopped->value.reports.front().left));
      CHECK_FALSE(is_clean(stopped->value.reports.back().left));
    }
  }
}

SCENARIO_METHOD(registry_fixture,
                "the last proof remembers every end that was not clean",
                "[registry]") {
  apply({spec()});
  server().pipe->hold_on();
  auto first = find()->value.handle;
  auto stop_everything = [this] {
    return ask(registry_handle, stop_all{})->value;
  };
  GIVEN("a close that could not tell") {
    caf::anon_send_exit(first, caf::exit_reason::kill);
    auto closed = send(by_name<close_client>{"a", {}});
    settle();
    REQUIRE(closed->value.left == proof::best_effort);
    auto all = stop_everything();
    CHECK(all.names == names{"a"});
    CHECK(all.reports.front().left == proof::best_effort);
    CHECK_FALSE(all.clean);
  }
  GIVEN("a life that ended so, and a server that runs since") {
    caf::anon_send_exit(first, caf::exit_reason::kill);
    settle();
    server().pipe->let_go();
    advance(2s);
    REQUIRE(phase_of() == phase::ready);
    auto all = stop_everything();
    CHECK(all.names == names{"a", "a"});
    CHECK(is_clean(all.reports.front().left));
    CHECK(all.reports.back().left == proof::best_effort);
    CHECK(all.earlier == 1);
    CHECK_FALSE(all.clean);
  }
  GIVEN("a process that was called unkillable, and went all the same") {
    auto closed = close_of_a();
    advance(15s);
    REQUIRE(closed->value.left == proof::unkillable);
    server().pipe->let_go();
    settle();
    CHECK(stop_everything().clean);
  }
  GIVEN("more such ends than anybody reads") {
    for (size_t i = 0; i < 2 * defaults::unclean_ends_max; ++i)
      tell(
        agent, registry_handle,
        unclean_end{"b" + std::to_string(i),
                    {i, errc::none, {}, -1, 0, {}, 0, proof::best_effort, 0}});
    server().pipe->let_go();
    auto all = stop_everything();
    CHECK(all.names.size() == defaults::unclean_ends_max + 1);
    CHECK(all.names.back() == "b127");
    CHECK_FALSE(all.clean);
  }
}

SCENARIO_METHOD(registry_fixture,
                "the end of the supervisor answers what waits for a client",
                "[registry]") {
  server();
  exit_now(supervisor_handle, caf::exit_reason::user_shutdown);
  auto opened = send(open_client{spec()});
  auto called = send(by_name<call_tool>{"a", {"echo", {}}});
  settle();
  CHECK_FALSE(opened->ok());
  CHECK_FALSE(called->ok());
  CHECK(called->error.what_became == fate::not_sent);
}

SCENARIO_METHOD(registry_fixture,
                "a client that comes for a server that is not wanted is closed",
                "[registry]") {
  auto stray =
    spawn<client>(client_options{spec(), supervisor_handle, monitor_handle});
  tell(agent, registry_handle, child_replaced{{"a", stray}});
  CHECK(status_of(stray).state == phase::stopping);
}

SCENARIO_METHOD(
  registry_fixture,
  "the end of the registry answers requests that wait for a proof",
  "[registry]") {
  apply({spec()});
  server().pipe->hold_on();
  auto closed = close_of_a();
  CHECK(closed.open());
  exit_now(registry_handle, caf::exit_reason::user_shutdown);
  settle();
  CHECK_FALSE(closed->ok());
}
