// Covers actors/client/wait_deadline.hpp.

#include "troupe/actors/client/wait_deadline.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr auto begin = wait_deadline::time_point{1h};
constexpr auto most = defaults::ready_wait_max;

} // namespace

SCENARIO("a default deadline stands still at the gate, a named one does not",
         "[calls]") {
  wait_deadline testee{begin};
  CHECK(testee.due(false) == wait_deadline::time_point::max());
  CHECK(testee.put_off(begin, begin + 1s) == 0s);
  GIVEN("a default, of which the earliest counts") {
    testee.usual(begin + 10s);
    testee.usual(begin + 60s);
    CHECK(testee.due(false) == begin + 10s);
    CHECK(testee.due(true) == begin + 10s + most);
    WHEN("the start waited, from before it began") {
      CHECK(testee.put_off(begin - 5s, begin + 20s) == 20s);
      CHECK(testee.due(false) == begin + 30s);
      AND_WHEN("it waits again") {
        CHECK(testee.put_off(begin + 25s, begin + 27s) == 2s);
        CHECK(testee.due(false) == begin + 32s);
        CHECK(testee.due(true) == begin + 10s + most);
      }
    }
    WHEN("the start waited longer than anybody should") {
      CHECK(testee.put_off(begin, begin + 2 * most) == most);
      CHECK(testee.due(false) == begin + 10s + most);
    }
  }
  GIVEN("a named one beside it") {
    testee.usual(begin + 10s);
    testee.named(begin + 30s);
    testee.named(begin + 40s);
    CHECK(testee.due(false) == begin + 10s);
    CHECK(testee.due(true) == begin + 30s);
    testee.put_off(begin, begin + 25s);
    CHECK(testee.due(false) == begin + 30s);
  }
}
