// Covers actors/client/request_book.hpp.
// Requests from their arrival to their answer.

#include "troupe/actors/client/request_book.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr auto start = request_book::time_point{} + 1h;

server_spec over_lines() {
  server_spec x;
  x.name = "a";
  x.command = "a";
  x.limits.in_flight_max = 2;
  x.limits.waiting_calls_max = 3;
  x.timeouts.call_idle = 10s;
  x.timeouts.call_total = 60s;
  return x;
}

server_spec over_http() {
  auto x = over_lines();
  x.transport = "http";
  x.command.clear();
  x.url = "http://localhost/";
  return x;
}

asked_request request(std::string tool, uint64_t tag = 0) {
  asked_call what;
  what.name = std::move(tool);
  what.tag = tag;
  what.arguments = json::trusted(R"({"n":1})");
  return request_book::arrive(std::move(what), {}, start);
}

bool harmless(const asked_call&) {
  return true;
}

bool harmful(const asked_call&) {
  return false;
}

std::string name_of(const std::optional<request_book::ending>& x) {
  return x ? x->of.what.name : "";
}

/// "name: code, fate", one after another.
std::string told(const request_book::endings& endings) {
  std::string result;
  for (auto& x : endings)
    result += (result.empty() ? "" : "; ") + x.of.what.name + ": "
              + std::string{to_string(x.with.error.code)} + ", "
              + std::string{to_string(x.with.error.what_became)};
  return result;
}

const failure lost{errc::connection_lost, fate::not_sent, "lost"};
const failure expired{errc::session_expired, fate::not_sent, "expired"};
const failure mismatch{errc::server_error, fate::refused, "headers"};

} // namespace

SCENARIO("a request waits, is sent and is answered once", "[request_book]") {
  request_book testee{over_lines()};
  GIVEN("one that is in flight") {
    testee.send(7, request("a", 5));
    CHECK(testee.in_flight() == 1);
    CHECK(testee.find(7)->what.name == "a");
    CHECK(testee.ticket_of(nullptr, 5) == 7);
    WHEN("its answer comes, and another one") {
      auto first = testee.end(7, json::trusted("1"));
      auto second = testee.end(7, json::trusted("2"));
      THEN("the first is its answer, and the second is nothing") {
        REQUIRE(first);
        CHECK(first->with.value.text() == "1");
        CHECK_FALSE(second);
        CHECK(testee.in_flight() == 0);
      }
    }
  }
  GIVEN("as many in flight as may be") {
    testee.send(1, request("a"));
    testee.send(2, request("b"));
    CHECK_FALSE(testee.passes());
    testee.wait(request("c"), start, false);
    WHEN("one of them is answered") {
      CHECK_FALSE(testee.may_send());
      testee.end(1, json::trusted("1"));
      THEN("what waits may be sent") {
        REQUIRE(testee.may_send());
        CHECK(testee.take_next().what.name == "c");
        CHECK(testee.waiting() == 0);
      }
    }
  }
  GIVEN("as many that wait as may wait") {
    for (auto name : {"a", "b", "c"})
      testee.wait(request(name), start, false);
    THEN("the book is full, until new limits take more") {
      CHECK(testee.full());
      auto more = over_lines();
      more.limits.waiting_calls_max = 4;
      testee.configure(more);
      CHECK_FALSE(testee.full());
    }
  }
}

SCENARIO("a request that waits is cancelled by its caller's name for it",
         "[request_book]") {
  request_book testee{over_lines()};
  testee.wait(request("a", 1), start, false);
  testee.wait(request("b", 2), start, false);
  failure why{errc::cancelled, fate::not_sent, "cancelled"};
  CHECK(told(testee.cancel_waiting(nullptr, 3, why)).empty());
  CHECK(told(testee.cancel_waiting(nullptr, 2, why))
        == "b: cancelled, not_sent");
  CHECK(told(testee.end_waiting(why)) == "a: cancelled, not_sent");
  CHECK(testee.waiting() == 0);
}

SCENARIO("a request ends at the first of its deadlines", "[request_book]") {
  request_book testee{over_lines()};
  GIVEN("one that waits, with the times of the specification") {
    testee.wait(request("a"), start, false);
    CHECK(testee.next_deadline() == start + 10s);
    THEN("silence ends it") {
      CHECK(testee.expire(start + 9s).waiting.empty());
      CHECK(testee.expire(start + 10s).waiting.size() == 1);
    }
    AND_WHEN("the start is queued at the gate for 30 s") {
      testee.on_queued();
      CHECK(testee.next_deadline() > start + 10s);
      testee.put_off(start + 5s, start + 35s);
      THEN("that time does not count") {
        CHECK(testee.next_deadline() == start + 40s);
        auto x = testee.take_next();
        CHECK(testee.left(x, start + 40s).total == 50s);
        CHECK(testee.left(x, start + 40s).idle == 10s);
      }
    }
  }
  GIVEN("one whose caller named a total time") {
    auto x = request("a");
    x.what.total_timeout = 4s;
    testee.wait(std::move(x), start, true);
    THEN("that counts, also at the gate") {
      CHECK(testee.next_deadline() == start + 4s);
      testee.put_off(start, start + 3s);
      CHECK(testee.next_deadline() == start + 4s);
      CHECK(testee.left(testee.take_next(), start + 3s).total == 1s);
    }
  }
}

SCENARIO("a fate never gets weaker", "[request_book]") {
  request_book testee{over_http()};
  GIVEN("a request that the server has asked back about") {
    testee.send(1, request("a"));
    testee.continues(1);
    WHEN("its second part is not sent") {
      auto x = testee.end(1, failure{errc::overloaded, fate::not_sent, "full"});
      THEN("its outcome is unknown") {
        REQUIRE(x);
        CHECK(x->with.error.what_became == fate::outcome_unknown);
      }
    }
  }
  GIVEN("a request that waits to be repeated, and may have run") {
    testee.send(1, request("a"));
    testee.on_connection_lost(expired, {}, harmless, start, false);
    CHECK(testee.waiting() == 1);
    THEN("its outcome is unknown when it is not repeated after all") {
      CHECK(told(testee.end_waiting(lost))
            == "a: connection_lost, outcome_unknown");
    }
  }
}

SCENARIO("a request that a forgotten session did not take is repeated once",
         "[request_book]") {
  GIVEN("a harmless request over HTTP") {
    request_book testee{over_http()};
    testee.send(1, request("a"));
    REQUIRE(testee.repeat(1, expired, harmless, start, false));
    CHECK(testee.in_flight() == 0);
    auto x = testee.take_next();
    CHECK(x.what.arguments.value().text() == R"({"n":1})");
    CHECK(x.repeated);
    WHEN("the next session forgets it, too") {
      testee.send(2, std::move(x));
      THEN("it is not repeated any more") {
        CHECK_FALSE(testee.repeat(2, expired, harmless, start, false));
        CHECK(name_of(testee.end(2, expired)) == "a");
      }
    }
  }
  GIVEN("one that may change something") {
    request_book testee{over_http()};
    testee.send(1, request("a"));
    CHECK_FALSE(testee.repeat(1, expired, harmful, start, false));
  }
  GIVEN("one whose outcome is unknown") {
    request_book testee{over_http()};
    testee.send(1, request("a"));
    auto unknown = expired;
    unknown.what_became = fate::outcome_unknown;
    CHECK_FALSE(testee.repeat(1, unknown, harmless, start, false));
  }
  GIVEN("one over lines, whose arguments are not kept") {
    request_book testee{over_lines()};
    testee.send(1, request("a"));
    CHECK_FALSE(testee.repeat(1, expired, harmless, start, false));
    CHECK(testee.find(1)->what.arguments.value().is_null());
  }
}

SCENARIO("with the connection each request gets its fate", "[request_book]") {
  request_book testee{over_http()};
  testee.send(1, request("a"));
  testee.send(2, request("b"));
  WHEN("the connection is lost before the second was written") {
    auto ends = testee.on_connection_lost(lost, {2}, {}, start, false);
    THEN("one may have run, and one did not") {
      CHECK(told(ends)
            == "a: connection_lost, outcome_unknown; "
               "b: connection_lost, not_sent");
      CHECK(testee.in_flight() == 0);
    }
  }
  WHEN("the server has forgotten the session") {
    auto ends = testee.on_connection_lost(expired, {2}, harmful, start, false);
    THEN("what was not written waits, though it may change something") {
      CHECK(told(ends) == "a: session_expired, outcome_unknown");
      REQUIRE(testee.waiting() == 1);
      auto x = testee.take_next();
      CHECK(x.what.name == "b");
      CHECK_FALSE(x.repeated);
    }
  }
  WHEN("a request waits for a fresh list of tools just then") {
    testee.await_list(1, mismatch, 3, start);
    auto ends = testee.on_connection_lost(lost, {}, {}, start, false);
    THEN("it did not run: the server has refused it") {
      CHECK(told(ends)
            == "a: connection_lost, not_sent; "
               "b: connection_lost, outcome_unknown");
      CHECK_FALSE(testee.awaits_list());
    }
  }
}

SCENARIO("a request that was refused for its headers waits for a fresh list",
         "[request_book]") {
  request_book testee{over_http()};
  testee.send(1, request("a"));
  REQUIRE(testee.await_list(1, mismatch, 3, start));
  CHECK(testee.next_deadline() == start + 10s);
  WHEN("an older list comes") {
    THEN("it goes on waiting") {
      CHECK(testee.take_refused(2).empty());
      CHECK(testee.awaits_list(1));
    }
  }
  WHEN("that list comes") {
    auto again = testee.take_refused(3);
    THEN("it is sent again, once") {
      REQUIRE(again.size() == 1);
      CHECK(testee.in_flight() == 0);
      testee.send(2, std::move(again.front()));
      CHECK_FALSE(testee.await_list(2, mismatch, 4, start));
    }
  }
  WHEN("there will be no such list") {
    THEN("what the server said is its answer") {
      CHECK(told(testee.end_refused(3)) == "a: server_error, refused");
    }
  }
  WHEN("no list comes in time") {
    auto late = testee.expire(start + 10s);
    THEN("it is overdue") {
      CHECK(told(late.refused) == "a: overdue, not_sent");
    }
  }
  WHEN("what was refused is no call of a tool") {
    auto other = request("b");
    other.what.method = "resources/read";
    testee.send(2, std::move(other));
    THEN("a list of tools would not help") {
      CHECK_FALSE(testee.await_list(2, mismatch, 3, start));
    }
  }
}
