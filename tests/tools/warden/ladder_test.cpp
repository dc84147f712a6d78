// Covers tools/warden/ladder.hpp.

#include "troupe/tools/warden/ladder.hpp"

#include <catch2/catch.hpp>

using namespace troupe::guard;
using namespace std::chrono_literals;
using action = ladder::action;

/// What a ladder does between two times, a letter each: T, K.
static std::string climb(ladder& x, clock::time_point now) {
  auto out = std::string{};
  for (auto step = x.advance(now); step != action::none; step = x.advance(now))
    out.push_back(step == action::terminate ? 'T' : 'K');
  return out;
}

SCENARIO("a server's end goes by the ladder's times", "[ladder]") {
  auto start = clock::time_point{} + 1h;
  auto at = [=](auto x) { return start + x; };
  auto x = ladder{500ms};
  GIVEN("a running server") {
    THEN("nothing is ever due") {
      CHECK(climb(x, at(24h)).empty());
      CHECK(!x.due());
    }
  }
  GIVEN("a stop with a grace of 2 s") {
    x.stop(start, 2s);
    THEN("TERM comes after 2 s and KILL after 2 s more") {
      CHECK(x.due() == at(2s));
      CHECK(climb(x, at(1999ms)).empty());
      CHECK(climb(x, at(2s)) == "T");
      CHECK(x.due() == at(4s));
      CHECK(climb(x, at(3999ms)).empty());
      CHECK(climb(x, at(4s)) == "K");
      CHECK(x.at() == ladder::rung::killing);
      CHECK(!x.due());
      CHECK(climb(x, at(24h)).empty());
    }
    THEN("a second stop shortens it and never lengthens it") {
      x.stop(at(100ms), 10s);
      CHECK(x.due() == at(2s));
      x.stop(at(100ms), 200ms);
      CHECK(climb(x, at(300ms)) == "T");
      CHECK(climb(x, at(500ms)) == "K");
    }
    THEN("the host's death shortens both waits") {
      x.host_gone(at(1s));
      CHECK(climb(x, at(1500ms)) == "T");
      CHECK(climb(x, at(2s)) == "K");
    }
    THEN("the leader's end leaves the rest TERM at once, and 0.5 s") {
      x.leader_ended(at(1s));
      CHECK(climb(x, at(1s)) == "T");
      x.leader_ended(at(1400ms)); // told again at each look
      CHECK(climb(x, at(1499ms)).empty());
      CHECK(climb(x, at(1500ms)) == "K");
    }
  }
  GIVEN("a stop with no grace at all") {
    x.stop(start, 0s);
    THEN("TERM and KILL come together") {
      CHECK(climb(x, start) == "TK");
    }
  }
  GIVEN("a leader that ends by itself") {
    x.leader_ended(start);
    THEN("what it left has 0.5 s") {
      CHECK(climb(x, start) == "T");
      CHECK(climb(x, at(500ms)) == "K");
    }
  }
}
