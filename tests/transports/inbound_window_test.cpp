// Covers transports/inbound_window.hpp, transports/stdio/link.hpp,
// transports/io/pipe_reader.hpp.

#include "troupe/tests/support/stdio_fixture.hpp"

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

SCENARIO("frames that come one by one leave most of a mailbox to requests",
         "[window]") {
  inbound_window testee{[] {}};
  auto one = inbound_window::cost({"x"});
  size_t told = 0;
  while (testee.add(one))
    ++told;
  CHECK(told < defaults::mailbox_messages_max / 8);
  CHECK(told > 3 * defaults::in_flight_max);
}

SCENARIO("a window is closed while its client holds the server back",
         "[window]") {
  int opened = 0;
  inbound_window testee{[&] { ++opened; }};
  constexpr auto all = defaults::inbound_bytes_max;
  constexpr auto little = defaults::paced_inbound_bytes_max;
  testee.pace(true, true);
  CHECK_FALSE(testee.add(1));
  testee.take(1);
  CHECK(opened == 0);
  testee.pace(false, true);
  CHECK(opened == 1);
  GIVEN("a server that is throttled") {
    CHECK(testee.add(little));
    CHECK_FALSE(testee.add(1));
    WHEN("it is not any more") {
      testee.pace(false, false);
      THEN("it may be far ahead at once") {
        CHECK(opened == 2);
        CHECK(testee.add(all / 2));
      }
    }
    WHEN("it is held while it is too far ahead") {
      testee.pace(true, true);
      testee.take(little);
      CHECK(opened == 1);
      testee.pace(false, true);
      CHECK(opened == 2);
    }
    WHEN("it is let go while it is too far ahead") {
      testee.pace(true, true);
      testee.pace(false, true);
      CHECK(opened == 1);
      testee.take(little);
      CHECK(opened == 2);
    }
  }
}

SCENARIO_METHOD(stdio_fixture, "S26: a server that is held back is not read",
                "[stdio]") {
  auto flood = spec("echo");
  flood.command = "/usr/bin/yes";
  auto line = GENERATE(std::string(1000, 'y'), std::string{});
  flood.args = {line};
  auto log = std::make_shared<transport_log>();
  auto testee = host.make_transport(flood);
  testee->start(log->listener());
  log->wait_up();
  log->wait_reads(1);
  log->window()->pace(true, true);
  // What was being read then is told. The next read finds the window closed:
  // it is the last, and comes when the server has written again.
  for (int i = 0; i < 10; ++i)
    on_io([] {});
  auto before = log->reads();
  for (int i = 0; i < 100; ++i)
    on_io([] {});
  CHECK(log->reads() <= before + 1);
  log->window()->pace(false, true);
  log->wait_reads(before + 10);
  testee->stop(errc::closed, "done");
  CHECK(log->wait_down().left == proof::empty);
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
    log->wait_full();
    WHEN("the window is full") {
      // Whatever was being read then has been told after these.
      for (int i = 0; i < 10; ++i)
        on_io([] {});
      THEN("no more is read") {
        constexpr auto line = 1000 + defaults::inbound_frame_cost;
        constexpr auto most = defaults::inbound_bytes_max / line;
        auto then = log->frame_count();
        CHECK(then < most + 2 * defaults::read_chunk_bytes / 1000);
        for (int i = 0; i < 100; ++i)
          on_io([] {});
        CHECK(log->frame_count() == then);
      }
      AND_WHEN("the client has caught up") {
        auto before = log->frame_count();
        log->catch_up();
        THEN("reading goes on") {
          CHECK(log->wait_frames(2 * before).size() >= 2 * before);
        }
      }
    }
    testee->stop(errc::closed, "done");
    CHECK(log->wait_down().left == proof::empty);
  }
}
