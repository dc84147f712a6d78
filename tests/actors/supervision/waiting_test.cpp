// Covers actors/supervision/supervisor.hpp, actors/supervision/spawn_gate.hpp,
// actors/client/starts.cpp, actors/client/ready_waiters.hpp,
// actors/client/request_book.hpp.
// Servers that wait at the spawn gate, where 64 may run and four may start at a
// time.

#include "troupe/tests/support/registry_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct waiting_fixture : registry_fixture {
  client_handle mute(const std::string& name) {
    server(name).answers_handshake = false;
    return open(spec(name));
  }

  void mute(size_t count) {
    for (size_t i = 0; i < count; ++i)
      mute("mute" + std::to_string(i));
  }

  /// Mute servers that may take long hold all slots for starts, and wait for
  /// them, so that no other gets one in the time of a test.
  void close_gate() {
    for (int i = 0; i < 16; ++i) {
      auto x = spec("mute" + std::to_string(i));
      x.timeouts.ready = 300s;
      server(x.name).answers_handshake = false;
      open(x);
    }
  }

  /// The four mute servers answer, so that the turn of the next one comes; that
  /// one stays silent.
  void take_turn_after_29s(const client_handle& testee) {
    advance(29s);
    for (auto name : {"mute0", "mute1", "mute2", "mute3"})
      server(name).answer_handshake();
    settle();
    REQUIRE(status_of(testee).state == phase::handshaking);
  }

  outcome<answer<client_status>> ensure(const client_handle& x,
                                        milliseconds timeout = {}) {
    return ask(x, ensure_ready{timeout});
  }

  bool says(const client_handle& x, const std::string& text) {
    auto now = status_of(x);
    return now.state == phase::connecting && now.last_error == errc::overloaded
           && now.last_error_text.find(text) != std::string::npos;
  }

  /// The reasons to wait that were published of a server.
  names reasons(const std::string& name) {
    names result;
    for (auto& x : events)
      if (x.server == name && x.why == errc::overloaded)
        result.push_back(x.text);
    return result;
  }
};

} // namespace

SCENARIO_METHOD(waiting_fixture,
                "a server that waits for its turn says so as long as it does",
                "[supervision]") {
  mute(4);
  auto testee = open();
  CHECK(server().pipe->connections() == 0);
  CHECK(says(testee, "4 servers are starting; queued for a turn"));
  CHECK(reasons("a").size() == 1);
  WHEN("its turn comes") {
    server("mute1").answer_handshake();
    settle();
    THEN("it starts, and says so no more") {
      CHECK(status_of(testee).state == phase::ready);
      CHECK(status_of(testee).last_error == errc::none);
      CHECK(trail() == "connecting connecting handshaking ready");
    }
  }
  WHEN("one that waits failed before") {
    server().answers_handshake = false;
    server("mute1").answer_handshake();
    settle();
    server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
    mute("more");
    advance(2s);
    THEN("its failure is told again once it starts again") {
      CHECK(status_of(testee).last_error == errc::overloaded);
      server("mute2").answer_handshake();
      settle();
      CHECK(status_of(testee).state == phase::handshaking);
      CHECK(status_of(testee).last_error == errc::child_exited);
    }
  }
}

SCENARIO_METHOD(waiting_fixture,
                "a server that cannot be started does not wait for others",
                "[supervision]") {
  mute(3);
  server("none");
  auto x = spec("none");
  servers.erase("none"); // nothing is behind its name
  auto testee = ask(registry_handle, open_client{x})->value.handle;
  mute("mute3");
  CHECK(status_of(testee).state == phase::failed);
  CHECK(status_of(testee).last_error == errc::invalid_spec);
  auto again = ask(testee, reload{});
  CHECK(again.open()); // it waits now
  server("mute0").answer_handshake();
  settle();
  CHECK(again->error.code == errc::invalid_spec);
  CHECK(status_of(testee).last_error == errc::invalid_spec);
}

SCENARIO_METHOD(waiting_fixture,
                "a server that waits hears when the reason changes",
                "[supervision]") {
  for (int i = 0; i < 59; ++i)
    open(spec("ready" + std::to_string(i)));
  mute(4);
  open();
  auto testee = open(spec("b"));
  REQUIRE(says(testee, "4 servers are starting; queued for a turn"));
  server("mute0").answer_handshake();
  settle();
  REQUIRE(phase_of() == phase::ready);
  CHECK(says(testee, "64 of 64 servers are running; queued for a slot"));
  CHECK(reasons("b").size() == 2);
  WHEN("one of them is closed") {
    close_of_a();
    THEN("the next one starts") {
      CHECK(status_of(testee).state == phase::ready);
    }
  }
  WHEN("the one that waits is closed") {
    auto closed = ask(testee, close_client{});
    CHECK(closed->value.left == proof::never_started);
    close_of_a();
    CHECK(server("b").pipe->connections() == 0);
  }
}

SCENARIO_METHOD(waiting_fixture,
                "eight mute servers do not make two healthy ones late",
                "[supervision]") {
  mute(8);
  auto first = open();
  auto second = open(spec("b"));
  auto ready = ensure(first);
  auto listed = ask(second, list_tools{});
  advance(59s); // two rounds of four that take 30 s each
  CHECK(ready.open());
  CHECK(listed.open());
  CHECK(server().pipe->connections() == 0);
  advance(2s);
  CHECK(ready->ok());
  CHECK(listed->ok());
}

SCENARIO_METHOD(waiting_fixture,
                "starts that failed keep no other start waiting, however long "
                "their processes take to go",
                "[supervision]") {
  mute(4);
  for (auto& [name, x] : servers)
    x->pipe->hold_on();
  auto testee = open();
  advance(29s);
  REQUIRE(says(testee, "4 servers are starting"));
  advance(2s);
  CHECK(status_of(testee).state == phase::ready);
  CHECK(server("mute0").pipe->connections() == 1);
}

SCENARIO_METHOD(waiting_fixture,
                "the time of a request that waits runs from the start, and is "
                "never without end",
                "[supervision]") {
  GIVEN("a server that is mute when its turn comes, after 29 s") {
    mute(4);
    server().answers_handshake = false;
    auto testee = open();
    auto waits = ensure(testee);
    take_turn_after_29s(testee);
    THEN("it has its 30 s") {
      advance(29s);
      CHECK(waits.open());
      advance(2s);
      CHECK(waits->error.code == errc::handshake_timed_out);
    }
  }
  GIVEN("a gate that does not open") {
    close_gate();
    auto testee = open();
    auto waits = ensure(testee);
    auto hasty = ensure(testee, 10s);
    THEN("requests that named a time are answered then, with the reason") {
      advance(10s);
      CHECK(hasty->error.code == errc::overloaded);
      CHECK(hasty->error.text.find("4 servers are starting")
            != std::string::npos);
      CHECK(waits.open());
    }
    THEN("the others are, in the end") {
      advance(defaults::ready_wait_max);
      CHECK(waits.open());
      advance(60s);
      CHECK(waits->error.code == errc::overloaded);
    }
  }
}

SCENARIO_METHOD(waiting_fixture,
                "calls that wait for a start at a full gate are not late by "
                "default, and are where their caller named a time",
                "[supervision]") {
  GIVEN("a server whose turn comes after 90 s, and calls to it") {
    mute(12); // three rounds of four that take 30 s each
    auto testee = open();
    auto patient = call(testee);
    auto hasty = call(testee, {"echo", {}, 0, 10s});
    auto whole = call(testee, {"echo", {}, 0, 0ms, 20s});
    advance(11s);
    THEN("a time that was named counts, and the answer tells what it lacked") {
      REQUIRE(hasty->error.code == errc::overdue);
      CHECK(hasty->error.what_became == fate::not_sent);
      CHECK(hasty->error.text.find("4 servers are starting")
            != std::string::npos);
      CHECK(whole.open());
      advance(10s);
      CHECK(whole->error.code == errc::overdue);
    }
    THEN("the default does not") {
      auto later = call(testee);
      advance(78s);
      CHECK(server().pipe->connections() == 0);
      CHECK(patient.open());
      advance(2s);
      CHECK(patient->ok());
      CHECK(later->ok());
    }
  }
  GIVEN("a server that is mute when its turn comes, after 29 s") {
    mute(4);
    server().answers_handshake = false;
    auto testee = open();
    auto pending = call(testee);
    take_turn_after_29s(testee);
    THEN("the call has all its 60 s from then on") {
      advance(59s);
      CHECK(pending.open());
      advance(2s);
      CHECK(pending->error.code == errc::overdue);
    }
  }
  GIVEN("a call whose whole time by default is 20 s, sent after 29 s") {
    mute(4);
    server().answers_calls = false;
    auto x = spec();
    x.timeouts.call_total = 20s;
    auto testee = open(x);
    auto pending = call(testee);
    advance(29s);
    REQUIRE(pending.open());
    server("mute0").answer_handshake();
    settle();
    THEN("it has 20 s in the server") {
      REQUIRE(server().executed["echo"] == 1);
      advance(19s);
      CHECK(pending.open());
      advance(2s);
      CHECK(pending->error.code == errc::timed_out);
    }
  }
  GIVEN("a gate that does not open") {
    close_gate();
    auto testee = open();
    auto pending = call(testee);
    THEN("they wait for it, but not without end") {
      advance(defaults::ready_wait_max);
      CHECK(pending.open());
      advance(61s);
      CHECK(pending->error.code == errc::overdue);
    }
  }
}
