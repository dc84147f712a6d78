// Covers actors/client/client.hpp, actors/supervision/supervisor.hpp,
// actors/supervision/restart_history.hpp.
// A client that dies of a bug, is made anew by its supervisor, and dies again.

#include "troupe/tests/support/registry_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct crash_fixture : registry_fixture {
  server_spec steady() {
    auto x = spec();
    x.restart.backoff_first = 100ms;
    x.restart.backoff_factor = 3;
    x.restart.jitter = 0;
    return x;
  }

  void crash() {
    exit_now(find()->value.handle, caf::exit_reason::user_shutdown);
    settle();
  }

  void hang_up() {
    server().pipe->hang_up(errc::child_exited, "exit status 1");
    settle();
  }

  /// The waits before further starts, as events told them, in order.
  std::vector<milliseconds> waits() const {
    std::vector<milliseconds> result;
    for (auto& e : events)
      if (e.to == phase::backoff)
        result.push_back(e.next_retry);
    return result;
  }
};

} // namespace

SCENARIO_METHOD(crash_fixture,
                "L4: a server's failures are counted on though its client is "
                "made anew",
                "[supervision]") {
  auto x = steady();
  x.restart.intensity = 4;
  open(x);
  GIVEN("a client that dies each time") {
    for (int i = 0; i < 3; ++i) {
      crash();
      CHECK(phase_of() == phase::backoff);
      advance(1s);
      CHECK(phase_of() == phase::ready);
    }
    crash();
    THEN("waits grow, and the server is parked") {
      CHECK(waits() == std::vector<milliseconds>{100ms, 300ms, 900ms});
      CHECK(phase_of() == phase::degraded);
      advance(30s);
      CHECK(server().pipe->connections() == 4);
      CHECK(call_named()->error.code == errc::degraded);
      AND_THEN("a person's reload begins afresh") {
        CHECK(ask(registry_handle, by_name<reload>{"a", {}})->ok());
        crash();
        CHECK(waits().back() == 100ms);
      }
    }
  }
  GIVEN("a client that dies among failures of the server itself") {
    hang_up();
    advance(1s);
    crash();
    advance(1s);
    hang_up();
    advance(1s);
    CHECK(waits() == std::vector<milliseconds>{100ms, 300ms, 900ms});
    crash();
    CHECK(phase_of() == phase::degraded);
  }
  GIVEN("a client that dies while its server is away") {
    auto left = [this] { return status_of(find()->value.handle).next_retry; };
    hang_up();
    crash();
    CHECK(phase_of() == phase::backoff);
    CHECK(left() == 300ms);
  }
}

SCENARIO_METHOD(crash_fixture,
                "calls wait while a client that has died is made anew",
                "[supervision]") {
  open(steady());
  exit_now(find()->value.handle, caf::exit_reason::user_shutdown);
  auto pending = send(by_name<call_tool>{"a", {"echo", {}}});
  settle();
  CHECK(pending.open());
  advance(200ms);
  CHECK(pending->ok());
  CHECK(server().executed["echo"] == 1);
}

SCENARIO_METHOD(crash_fixture,
                "a life is judged once, though its client dies later",
                "[supervision]") {
  auto x = steady();
  x.restart.backoff_first = 1h;
  x.restart.backoff_max = 10h;
  open(x);
  hang_up();
  advance(30min); // longer than what counts as a good life
  crash();
  advance(1s);
  CHECK(phase_of() == phase::backoff);
  CHECK(server().pipe->connections() == 1);
}

SCENARIO_METHOD(crash_fixture,
                "a client that dies after a good life is back at once",
                "[supervision]") {
  open(steady());
  advance(2min);
  crash();
  advance(10ms); // ten times shorter than the first wait
  CHECK(phase_of() == phase::ready);
}

SCENARIO_METHOD(crash_fixture,
                "a lazy server whose client dies before its first use goes on "
                "waiting for it",
                "[supervision]") {
  open(lazy_spec());
  crash();
  CHECK(phase_of() == phase::idle);
  CHECK(server().pipe->connections() == 0);
}

SCENARIO_METHOD(crash_fixture,
                "a temporary server whose client dies is not started again",
                "[supervision]") {
  auto x = steady();
  x.restart.type = restart_type::temporary;
  open(x);
  crash();
  advance(10min);
  CHECK(phase_of() == phase::failed);
  CHECK(server().pipe->connections() == 1);
}
