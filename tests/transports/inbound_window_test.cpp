#include "tests/support/stdio_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

SCENARIO("a window closes when it is full and opens when it is half empty",
         "[window]") {
  int opened = 0;
  inbound_window testee{[&] { ++opened; }};
  constexpr auto all = defaults::inbound_bytes_max;
  CHECK(testee.add(all));
  CHECK_FALSE(testee.add(1));
  testee.take(all / 2);
  CHECK(opened == 0);
  testee.take(1);
  CHECK(opened == 1);
  testee.take(all / 4);
  CHECK(opened == 1);
  CHECK(testee.add(all / 2));
}

SCENARIO_METHOD(stdio_fixture,
                "S26: a server that floods its stdout fills its own pipe, and "
                "not our memory",
                "[stdio]") {
  GIVEN("a server that writes lines for ever, and a client that is behind") {
    auto flood = spec("echo");
    flood.command = "/usr/bin/yes";
    flood.args = {std::string(1000, 'y')};
    auto log = std::make_shared<transport_log>();
    log->fall_behind();
    auto testee = host.make_transport(flood);
    testee->start(log->listener());
    constexpr auto line = 1000 + defaults::inbound_frame_cost;
    constexpr auto full = defaults::inbound_bytes_max / line;
    auto heard = log->wait_frames(full).size();
    WHEN("the window is full") {
      // Whatever was being read then has been told after these.
      for (int i = 0; i < 10; ++i)
        on_io([] {});
      THEN("no more is read") {
        auto then = log->frame_count();
        CHECK(heard + then < full + 2 * defaults::read_chunk_bytes / 1000);
        for (int i = 0; i < 100; ++i)
          on_io([] {});
        CHECK(log->frame_count() == then);
      }
      AND_WHEN("the client has caught up") {
        log->catch_up();
        THEN("reading goes on") {
          CHECK(log->wait_frames(full).size() >= full);
        }
      }
    }
    testee->stop(errc::closed, "done");
    CHECK(log->wait_down().left == proof::empty);
  }
}
