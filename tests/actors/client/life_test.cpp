// Covers actors/client/life.hpp.
// The phase of a client, and the events that tell of it.

#include "troupe/actors/client/life.hpp"
#include "troupe/messages/defaults.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr auto start = life::time_point{} + 1h;

server_spec named_a() {
  server_spec x;
  x.name = "a";
  return x;
}

/// "from>to: text", one after another.
std::string told(const life::events& events) {
  std::string result;
  for (auto& x : events)
    result += (result.empty() ? "" : "; ") + std::string{to_string(x.from)}
              + '>' + std::string{to_string(x.to)} + ": " + x.text;
  return result;
}

life ready_life() {
  life x{named_a()};
  x.move(phase_event::start, start);
  x.move(phase_event::transport_up, start);
  x.move(phase_event::answered, start);
  return x;
}

} // namespace

SCENARIO("each move is told, and what is no move is not", "[life]") {
  life testee{named_a()};
  CHECK(told(testee.move(phase_event::start, start)) == "idle>connecting: ");
  CHECK(testee.move(phase_event::answered, start).empty());
  CHECK(testee.is(phase::connecting));
  CHECK(told(testee.report(start, errc::internal_error, "x"))
        == "connecting>connecting: x");
}

SCENARIO("a loss is told with what is decided on it", "[life]") {
  auto testee = ready_life();
  testee.facts().pid = 42;
  CHECK(
    testee.move(phase_event::transport_down, start, errc::child_exited, "died")
      .empty());
  CHECK(testee.is(phase::backoff));
  testee.facts().pid = 0;
  WHEN("the supervisor decides soon") {
    testee.retry_in(2s, start);
    auto events = testee.move(phase_event::postponed, start, errc::child_exited,
                              "died; again in 2 s");
    THEN("it is one event, from the phase before the loss") {
      CHECK(told(events) == "ready>backoff: died; again in 2 s");
      CHECK(events.front().pid == 42);
      CHECK(events.front().next_retry == 2s);
      CHECK(testee.release().empty());
    }
  }
  WHEN("nothing is decided in time") {
    auto due = start + defaults::verdict_wait;
    CHECK(testee.next_deadline() == due);
    CHECK(testee.on_time(due - 1ms).empty());
    THEN("the loss is told alone") {
      CHECK(told(testee.on_time(due)) == "ready>backoff: died");
      CHECK_FALSE(testee.next_deadline());
    }
  }
  WHEN("it is only queued behind others") {
    auto events =
      testee.move(phase_event::postponed, start, errc::overloaded, "queued");
    THEN("both are told, in their order") {
      CHECK(told(events) == "ready>backoff: died; backoff>backoff: queued");
    }
  }
}

SCENARIO("a client that cannot serve says so at once", "[life]") {
  auto testee = ready_life();
  CHECK_FALSE(testee.refusal());
  WHEN("it closes") {
    testee.close();
    THEN("callers hear that it is closed, or that the runtime stops") {
      CHECK(testee.refusal()->code == errc::closed);
      testee.stop_with_runtime();
      CHECK(testee.refusal()->code == errc::runtime_stopped);
    }
  }
  WHEN("its server has failed for good") {
    testee.move(phase_event::transport_down, start);
    testee.fail(errc::child_exited, "no program");
    testee.move(phase_event::give_up, start);
    THEN("they hear why") {
      CHECK(testee.refusal()->code == errc::failed);
      CHECK(testee.refusal()->text == "no program");
    }
  }
}

SCENARIO("while its start is queued a client says behind what", "[life]") {
  life testee{named_a()};
  testee.move(phase_event::start, start);
  failure why{errc::overloaded, fate::not_sent, "64 of 64 servers run"};
  CHECK(testee.queue(why, start));
  CHECK_FALSE(testee.queue(why, start + 1s));
  CHECK(testee.blocked_by() == "64 of 64 servers run");
  CHECK(testee.status(start).last_error == errc::overloaded);
  CHECK(testee.leave_queue() == start);
  CHECK_FALSE(testee.leave_queue());
  CHECK(testee.blocked_by().empty());
}

SCENARIO("the deadlines of a phase are kept apart", "[life]") {
  using deadline = life::deadline;
  life testee{named_a()};
  testee.set(deadline::handshake, start + 2s);
  testee.set(deadline::drain, start + 1s);
  CHECK(testee.next_deadline() == start + 1s);
  CHECK(testee.is_due(deadline::drain, start + 1s));
  CHECK_FALSE(testee.is_due(deadline::handshake, start + 1s));
  testee.clear(deadline::drain);
  CHECK(testee.next_deadline() == start + 2s);
  CHECK_FALSE(testee.is_due(deadline::proof, start + 9s));
}

SCENARIO("a failure says when to ask again, where that is known", "[life]") {
  auto testee = ready_life();
  testee.move(phase_event::transport_down, start);
  testee.retry_in(3s, start);
  failure why{errc::connection_lost, fate::not_sent, "lost"};
  CHECK(testee.advised(why, start + 1s).retry_after == 2s);
  CHECK(testee.status(start + 1s).next_retry == 2s);
  testee.retry_in(0s, start);
  CHECK(testee.status(start + 1s).next_retry == 0s);
}
