// Covers transports/io/alarm_clock.hpp.

#include "troupe/transports/io/alarm_clock.hpp"

#include <boost/asio/io_context.hpp>

#include <catch2/catch.hpp>

#include <optional>

using namespace troupe;
using namespace std::chrono_literals;

SCENARIO("an alarm clock rings once, at the time that was set last",
         "[alarm_clock]") {
  auto now = std::chrono::steady_clock::now();
  boost::asio::io_context io;
  auto rings = 0;
  auto testee = std::optional<alarm_clock>{};
  testee.emplace(io, [&] { ++rings; });
  testee->set(now + 1h);
  SECTION("another time takes the place of the first") {
    testee->set(now);
    io.run();
    CHECK(rings == 1);
  }
  SECTION("it is stopped") {
    testee->cancel();
    io.run();
    CHECK(rings == 0);
  }
  SECTION("it is thrown away") {
    testee.reset();
    io.run();
    CHECK(rings == 0);
  }
  SECTION("one thread holds it twice") {
    auto once = testee->hold();
    auto twice = testee->hold();
    testee->cancel();
    io.run();
    CHECK(rings == 0);
  }
}
