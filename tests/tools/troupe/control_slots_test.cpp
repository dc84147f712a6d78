// Covers tools/troupe/control_slots.hpp.
// Which connections are served at the control socket, and which are dropped:
// without sockets.

#include "troupe/tools/troupe/control_slots.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace std::chrono_literals;
using namespace troupe::cli;

namespace {

using numbers = std::vector<uint64_t>;

constexpr control_slots::clock::time_point start{};

slot_limits few() {
  slot_limits result;
  result.unfinished = 2;
  result.large = 3;
  result.unfinished_bytes = 100;
  result.small_bytes = 10;
  result.looks = 2;
  result.calls = 4;
  result.calls_per_server = 2;
  result.errands = 3;
  result.errands_per_server = 1;
  result.unread = 3;
  result.unread_bytes = 1000;
  result.idle_timeout = 2s;
  return result;
}

struct crowd : control_slots {
  uint64_t last = 0;

  crowd() : control_slots(few()) {
    // nop
  }
  /// Empty: it has a slot.
  std::string comes(command what, const std::string& server) {
    enter(++last);
    return ask(last, what, server);
  }
  uint64_t reads(size_t bytes, std::chrono::seconds since) {
    enter(++last);
    answered(last, bytes, start + since);
    return last;
  }
};

} // namespace

SCENARIO("each kind of command has slots of its own", "[control-slots]") {
  crowd x;
  CHECK(x.comes(command::call, "a").empty());
  CHECK(x.comes(command::call, "a").empty());
  GIVEN("one server with all the calls that it may have") {
    THEN("a third one is refused, with a sentence that names the server") {
      CHECK(x.comes(command::call, "a").find("2 calls for server 'a'")
            != std::string::npos);
    }
    THEN("another server, looks, and errands are served") {
      CHECK(x.comes(command::call, "b").empty());
      CHECK(x.comes(command::status, "").empty());
      CHECK(x.comes(command::list, "").empty());
      CHECK(x.comes(command::close, "a").empty());
    }
    THEN("a call that is answered makes room for another one") {
      x.answered(1, 10, start);
      CHECK(x.comes(command::call, "a").empty());
      CHECK_FALSE(x.comes(command::call, "a").empty());
    }
    THEN("a call that is given up does so, too") {
      x.leave(2);
      CHECK(x.comes(command::call, "a").empty());
    }
  }
  GIVEN("as many calls as there may be in all") {
    CHECK(x.comes(command::call, "b").empty());
    CHECK(x.comes(command::call, "c").empty());
    CHECK(x.comes(command::call, "d").find("4 calls are under way")
          != std::string::npos);
    CHECK(x.comes(command::reload, "d").empty());
    CHECK(x.comes(command::status, "").empty());
  }
  GIVEN("errands of all servers") {
    CHECK(x.comes(command::tools, "a").empty());
    CHECK_FALSE(x.comes(command::reload, "a").empty());
    CHECK(x.comes(command::tools, "").empty());
    CHECK(x.comes(command::close, "b").empty());
    CHECK_FALSE(x.comes(command::close, "c").empty());
  }
  GIVEN("more looks than are served at a time") {
    CHECK(x.comes(command::list, "").empty());
    CHECK(x.comes(command::status, "").empty());
    CHECK_FALSE(x.comes(command::status, "").empty());
  }
  CHECK(x.excess(start + 10s).empty());
}

SCENARIO("of unfinished requests the oldest goes", "[control-slots]") {
  crowd x;
  x.enter(1);
  x.enter(2);
  CHECK(x.excess(start + 10s).empty());
  GIVEN("one more") {
    x.enter(3);
    CHECK(x.excess(start + 10s) == numbers{1});
    x.leave(1);
    CHECK(x.excess(start + 10s).empty());
  }
  GIVEN("one that is complete meanwhile") {
    CHECK(x.ask(1, command::call, "a").empty());
    x.enter(3);
    CHECK(x.excess(start + 10s).empty());
  }
  GIVEN("more bytes than are kept for all of them") {
    x.received(1, 60, start);
    x.received(2, 41, start);
    CHECK(x.excess(start + 10s) == numbers{1});
  }
  GIVEN("more bytes in one, which are bounded elsewhere") {
    x.leave(1);
    x.received(2, 200, start);
    CHECK(x.excess(start + 10s).empty());
  }
}

SCENARIO("large requests wait where there is no room", "[control-slots]") {
  crowd x;
  for (uint64_t number : {1, 2, 3, 4})
    x.enter(number);
  x.received(1, 40, start + 1s);
  x.received(2, 60, start + 2s);
  x.received(3, 10, start + 2s);
  CHECK_FALSE(x.must_wait(1));
  GIVEN("more bytes than are kept of all of them") {
    x.received(1, 1, start + 3s);
    THEN("the one of which most has come is read on, and small ones are") {
      CHECK(x.must_wait(1));
      CHECK_FALSE(x.must_wait(2));
      CHECK_FALSE(x.must_wait(3));
      CHECK_FALSE(x.must_wait(4));
    }
    WHEN("a small one becomes large") {
      x.received(3, 1, start + 3s);
      THEN("it waits") {
        CHECK(x.must_wait(3));
      }
    }
    WHEN("the one that is read on goes") {
      x.leave(2);
      THEN("there is room") {
        CHECK_FALSE(x.must_wait(1));
      }
    }
    WHEN("it is complete, and not parsed yet") {
      x.complete(2, 90);
      THEN("all large ones wait, since it makes room by itself") {
        CHECK(x.must_wait(1));
        CHECK(x.excess(start + 10s) == numbers{});
      }
      THEN("they go on once it is parsed") {
        CHECK(x.ask(2, command::call, "a").empty());
        CHECK_FALSE(x.must_wait(1));
      }
    }
  }
}

SCENARIO("of large unfinished requests the one longest silent goes",
         "[control-slots]") {
  crowd x;
  for (uint64_t number : {1, 2, 3})
    x.enter(number);
  x.leave(3);
  x.received(1, 40, start + 1s);
  x.received(2, 40, start + 2s);
  x.received(1, 40, start + 3s);
  CHECK(x.crowded());
  CHECK(x.excess(start + 3900ms).empty());
  CHECK(x.excess(start + 4s) == numbers{2});
}

SCENARIO("of large requests there are only so many", "[control-slots]") {
  crowd x;
  for (uint64_t number : {1, 2, 3, 4})
    x.enter(number);
  x.received(1, 11, start);
  x.received(2, 11, start);
  x.complete(3, 11);
  CHECK(x.received(4, 10, start) == "");
  CHECK(x.received(4, 1, start)
        == "3 large requests are under way; try again when one of them has "
           "ended");
  CHECK(x.received(1, 1, start) == "");
  WHEN("one is parsed") {
    CHECK(x.ask(3, command::call, "a") == "");
    CHECK(x.received(4, 1, start) == "");
  }
}

SCENARIO("a large request that waits in its socket is not silent",
         "[control-slots]") {
  crowd x;
  for (uint64_t number : {1, 2})
    x.enter(number);
  x.received(1, 60, start);
  x.received(2, 50, start);
  REQUIRE(x.must_wait(2));
  CHECK(x.excess(start + 3s) == numbers{1});
  x.is_awake(1, start + 3s);
  CHECK(x.excess(start + 3s) == numbers{2});
  x.is_awake(2, start + 3s);
  CHECK(x.excess(start + 3s).empty());
}

SCENARIO("whole requests never go", "[control-slots]") {
  crowd x;
  for (uint64_t number : {1, 2, 3, 4, 5}) {
    x.enter(number);
    x.complete(number, 90);
  }
  CHECK(x.crowded());
  CHECK(x.excess(start + 10s).empty());
}

SCENARIO("calls are refused while too many bytes of answers are unread",
         "[control-slots]") {
  crowd x;
  auto first = x.reads(1000, 1s);
  x.enter(++x.last);
  x.making(x.last, 1001);
  auto refused = [&](command what) { return !x.comes(what, "a").empty(); };
  CHECK(refused(command::call));
  CHECK(refused(command::close));
  CHECK_FALSE(refused(command::status));
  WHEN("some of it is taken") {
    x.taken(first, 1, start + 2s);
    THEN("they are served again") {
      CHECK_FALSE(refused(command::call));
      CHECK_FALSE(refused(command::close));
    }
  }
}

SCENARIO("of unread answers the one longest untouched is dropped",
         "[control-slots]") {
  crowd x;
  auto first = x.reads(400, 1s);
  auto second = x.reads(400, 2s);
  CHECK(x.excess(start + 10s).empty());
  GIVEN("more bytes than are held for all") {
    x.reads(400, 3s);
    CHECK(x.excess(start + 10s) == numbers{first});
  }
  GIVEN("a reader that is slow, and one that does not read") {
    x.taken(first, 1, start + 3s);
    x.reads(400, 4s);
    CHECK(x.excess(start + 10s) == numbers{second});
  }
  GIVEN("answers that were taken") {
    x.taken(first, 300, start + 3s);
    x.reads(400, 4s);
    CHECK(x.excess(start + 10s).empty());
  }
  GIVEN("an answer that needs the room of two") {
    x.reads(900, 3s);
    CHECK(x.excess(start + 10s) == numbers{first, second});
  }
  GIVEN("readers that all took something lately") {
    x.reads(400, 3s);
    x.reads(400, 3s);
    x.taken(first, 1, start + 4s);
    THEN("none has to go before it has been idle for a while") {
      CHECK(x.crowded());
      CHECK(x.excess(start + 3900ms).empty());
      CHECK(x.excess(start + 4s) == numbers{second});
    }
  }
  GIVEN("one larger than all together may be") {
    auto large = x.reads(5000, 3s);
    auto gone = x.excess(start + 10s);
    CHECK(std::find(gone.begin(), gone.end(), large) == gone.end());
    CHECK(gone.size() == 2);
  }
  GIVEN("more readers than are served at a time") {
    x.reads(1, 3s);
    x.reads(1, 4s);
    CHECK(x.excess(start + 10s) == numbers{first});
  }
}
