// Covers transports/stdio/stderr_log.hpp.

#include "troupe/transports/stdio/stderr_log.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

using lines = std::vector<std::string>;

SCENARIO("S26, T1: stderr is kept within limits", "[stderr]") {
  auto testee = stderr_log{};
  auto now = stderr_log::clock::time_point{} + 1h;
  GIVEN("text in pieces") {
    CHECK(testee.feed("on", now).empty());
    CHECK(testee.feed("e\r\n\ntwo\nthr", now) == lines{"one", "two"});
    WHEN("it ends") {
      CHECK(testee.finish() == lines{"thr"});
      CHECK(testee.finish().empty());
      CHECK(testee.tail(100) == "one\r\n\ntwo\nthr");
      CHECK(testee.tail(6) == "thr");
      CHECK(testee.tail(2) == "\u2026hr");
    }
  }
  GIVEN("a log of every size around that of the ring") {
    constexpr auto max = defaults::stderr_ring_bytes;
    for (auto chunk : {size_t{1000}, max - 1, max, max + 1, 3 * max})
      WHEN("it comes in chunks of " << chunk) {
        auto all = std::string{};
        for (auto i = 0; all.size() < 2 * max; ++i) {
          auto text = std::string(chunk, static_cast<char>('a' + i % 26));
          text.back() = '\n';
          testee.feed(text, now);
          all += text;
        }
        THEN("the last 64 KiB of it are there") {
          CHECK(testee.size() == max);
          CHECK((testee.tail(max) == all.substr(all.size() - max)));
        }
      }
  }
  GIVEN("a line of more than 8 KiB") {
    auto shown = testee.feed(std::string(20'000, 'x') + "\ny\n", now);
    THEN("it is cut, and the next one is whole") {
      REQUIRE(shown.size() == 2);
      CHECK(shown[0]
            == std::string(defaults::stderr_line_bytes_max, 'x') + "\u2026");
      CHECK(shown[1] == "y");
    }
  }
  GIVEN("a thousand lines in one second") {
    auto text = std::string{};
    for (auto i = 0; i < 1000; ++i)
      text += "line\n";
    auto shown = testee.feed(text, now);
    CHECK(shown.size() == defaults::stderr_lines_per_second);
    CHECK(testee.feed("another\n", now + 500ms).empty());
    WHEN("a line comes in the next second") {
      shown = testee.feed("later\n", now + 1s);
      THEN("it says how many were left out, once") {
        CHECK(shown == lines{"(981 lines were not shown)", "later"});
        CHECK(testee.finish().empty());
      }
    }
    WHEN("none comes any more") {
      CHECK(testee.finish() == lines{"(981 lines were not shown)"});
    }
  }
}
