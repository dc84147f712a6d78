// Covers actors/client/inbound_pace.hpp, actors/client/connection.hpp,
// actors/session/inbound_traffic.hpp, transports/inbound_window.hpp.

#include "troupe/actors/client/inbound_pace.hpp"

#include "troupe/tests/support/held_worlds.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct pace_world : actor_world {
  static constexpr size_t a_lot = 1000;
  static constexpr size_t rate = defaults::unsolicited_frames_per_second;
  /// After so many lots at once, a server is throttled.
  static constexpr size_t too_many =
    defaults::unsolicited_credit_max / 1s * rate / a_lot + 1;

  std::vector<std::string> remarks;
  client_handle testee;

  pace_world() {
    auto observer = system.spawn<errand_boy>(
      caf::message_handler{[](const client_event&) {},
                           [this](const diagnostic& x) {
                             if (x.what == diagnostic::kind::throttled)
                               remarks.push_back(x.text);
                           }});
    tell(observer, monitor_handle, observe{});
    adopt(observer);
    testee = open();
    REQUIRE(status_of(testee).state == phase::ready);
  }

  void flood(size_t lots) {
    for (size_t i = 0; i < lots; ++i)
      server().pipe->send(std::vector<std::string>(a_lot, "x"));
    settle();
  }

  size_t lines_read() {
    return status_of(testee).noise_lines;
  }
};

} // namespace

SCENARIO_METHOD(pace_world,
                "T2: a server that says more than anybody asked for is read "
                "more slowly",
                "[client]") {
  GIVEN("a server that says much at once, but not too much") {
    flood(100);
    CHECK(lines_read() == 100'000);
    CHECK(status_of(testee).throttled.empty());
    CHECK(call(testee)->ok());
  }
  GIVEN("one that says too much") {
    flood(too_many);
    REQUIRE(lines_read() == too_many * a_lot);
    THEN("the status says so, and so does one remark") {
      CHECK(status_of(testee).throttled == throttled_text());
      CHECK(remarks == std::vector{throttled_text()});
    }
    WHEN("it goes on") {
      flood(50);
      THEN("that waits in its own pipe, and is read at the budget's rate") {
        auto before = lines_read();
        CHECK(before <= (too_many + 1) * a_lot); // one was being read
        advance(2s);
        CHECK(lines_read() >= before + 2 * rate - 2 * a_lot);
        CHECK(lines_read() <= before + 2 * rate + 2 * a_lot);
      }
      AND_WHEN("it is called") {
        auto pending = call(testee);
        CHECK(pending.open());
        advance(6s);
        THEN("its answer comes in its turn") {
          CHECK(pending->ok());
          CHECK(lines_read() == (too_many + 50) * a_lot);
          CHECK(status_of(testee).state == phase::ready);
          CHECK(remarks.size() == 1);
        }
      }
      AND_WHEN("another server is called") {
        auto other = open(spec("b"));
        CHECK(call(other)->ok());
      }
      AND_WHEN("it is closed") {
        auto closed = ask(testee, close_client{});
        CHECK(closed->ok());
      }
      AND_WHEN("it ends") {
        server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
        settle();
        THEN("its next life begins with a full budget") {
          advance(2s);
          CHECK(status_of(testee).state == phase::ready);
          CHECK(status_of(testee).throttled.empty());
        }
      }
    }
    WHEN("it has been silent for a while") {
      advance(defaults::unsolicited_credit_regained + 1s);
      THEN("that is over, and was told once") {
        CHECK(status_of(testee).throttled.empty());
        CHECK(remarks.size() == 2);
        flood(1);
        CHECK(lines_read() == (too_many + 1) * a_lot);
      }
    }
  }
}

SCENARIO_METHOD(pace_world, "a server may not leave an unread flood behind it",
                "[client]") {
  flood(too_many);
  size_t taken = 0;
  while (taken < 10'000
         && server().pipe->send(std::vector<std::string>(a_lot, "x")))
    ++taken;
  // What waits is bounded in bytes, with what each frame costs.
  auto lot = inbound_window::memory(std::vector<std::string>(a_lot, "x"));
  CHECK(taken * lot >= defaults::inbound_bytes_max);
  CHECK(taken * lot <= defaults::inbound_bytes_max + 2 * lot);
}

SCENARIO_METHOD(held_site_world,
                "T2: what a stream says beside messages is charged as well",
                "[client]") {
  REQUIRE(site().streams.size() == 1);
  auto own = site().streams.front();
  exchange_news news;
  news.id = own.order->id;
  news.idle_bytes = defaults::unsolicited_credit_max / 1s
                      * defaults::unsolicited_bytes_per_second
                    + 1;
  own.from->to->on_exchange(news);
  settle();
  CHECK(status_of(testee).throttled == throttled_text());
}
