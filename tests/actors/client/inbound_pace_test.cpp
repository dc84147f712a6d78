// Covers actors/client/inbound_pace.hpp.

#include "troupe/actors/client/inbound_pace.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr auto rate = defaults::unsolicited_frames_per_second;
constexpr auto byte_rate = defaults::unsolicited_bytes_per_second;

struct pace_fixture {
  inbound_pace testee;
  inbound_pace::time_point now{1h};

  void charge(size_t frames, size_t bytes = 0) {
    testee.charge(frames, bytes, now);
  }

  /// Lets time pass as one timer does.
  void pass(std::chrono::milliseconds d) {
    auto end = now + d;
    for (auto due = testee.deadline(); due && *due <= end;
         due = testee.deadline()) {
      now = *due;
      testee.on_time(now);
      REQUIRE((!testee.deadline() || *testee.deadline() > now));
    }
    now = end;
    testee.on_time(now);
  }

  /// How many frames a server that never stops gets through in that time.
  size_t flood(std::chrono::seconds d, size_t lot) {
    size_t result = 0;
    for (auto end = now + d; now < end; pass(1ms))
      if (!testee.held()) {
        charge(lot);
        result += lot;
      }
    return result;
  }
};

} // namespace

SCENARIO_METHOD(pace_fixture, "a server may say much without being asked",
                "[pace]") {
  CHECK_FALSE(testee.throttled());
  CHECK_FALSE(testee.deadline());
  GIVEN("100,000 lines at once") {
    charge(100'000);
    CHECK_FALSE(testee.throttled());
  }
  GIVEN("two frames of the largest kind at once") {
    charge(2, 32u << 20);
    CHECK_FALSE(testee.throttled());
  }
  GIVEN("as much as the budget grants, for an hour") {
    for (int i = 0; i < 3600; ++i) {
      charge(rate / 2, byte_rate / 2);
      pass(1s);
    }
    CHECK_FALSE(testee.throttled());
  }
}

SCENARIO_METHOD(pace_fixture,
                "a server that says more is held until that is paid",
                "[pace]") {
  charge(12 * rate);
  CHECK_FALSE(testee.held());
  charge(rate);
  REQUIRE(testee.held());
  CHECK(testee.throttled());
  CHECK(*testee.deadline() == now + 1s);
  WHEN("a second has passed") {
    pass(999ms);
    CHECK(testee.held());
    pass(1ms);
    THEN("it is read, and watched") {
      CHECK_FALSE(testee.held());
      CHECK(testee.throttled());
    }
    AND_WHEN("it says one thing more") {
      charge(1, 100);
      CHECK(testee.held());
    }
    AND_WHEN("it is silent until half of the credit is back") {
      pass(defaults::unsolicited_credit_regained);
      THEN("that is over") {
        CHECK_FALSE(testee.throttled());
        CHECK_FALSE(testee.deadline());
      }
    }
  }
  WHEN("far more was on its way") {
    charge(1000 * rate);
    THEN("it is not held for ever: its answers wait, too") {
      CHECK(*testee.deadline() == now + defaults::unsolicited_debt_max);
    }
  }
}

SCENARIO_METHOD(pace_fixture, "bytes are charged like frames", "[pace]") {
  charge(0, 12 * byte_rate);
  CHECK_FALSE(testee.held());
  charge(0, byte_rate);
  REQUIRE(testee.held());
  CHECK(*testee.deadline() - now > 990ms);
  CHECK(*testee.deadline() - now < 1010ms);
}

SCENARIO_METHOD(pace_fixture,
                "T2: a server that never stops gets what the budget grants",
                "[pace]") {
  auto lot = GENERATE(size_t{50}, size_t{700}, size_t{5000});
  flood(20s, lot);
  REQUIRE(testee.throttled());
  auto n = flood(60s, lot);
  CHECK(n >= 59 * rate);
  CHECK(n <= 61 * rate + lot);
}
