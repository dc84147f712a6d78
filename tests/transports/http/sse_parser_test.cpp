// Covers transports/http/sse_parser.hpp.

#include "troupe/transports/http/sse_parser.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

using events = std::vector<sse_event>;

/// What a stream comes to.
struct outcome {
  events list;
  std::string id;
  std::chrono::milliseconds retry{-1};

  bool operator==(const outcome&) const = default;
};

/// Fed in pieces of these sizes, the last one again and again.
outcome parse(std::string_view text, std::vector<size_t> sizes) {
  auto parser = sse_parser{};
  auto list = events{};
  auto i = size_t{0};
  while (!text.empty()) {
    auto size = std::min(sizes[std::min(i++, sizes.size() - 1)], text.size());
    CHECK(parser.feed(text.substr(0, size), list));
    text.remove_prefix(size);
  }
  return {list, parser.last_event_id(), parser.retry()};
}

outcome parse(std::string_view text) {
  return parse(text, {text.size() + 1});
}

const auto mixed =
  std::string{"\xEF\xBB\xBF: welcome\n"
              "id: 1\nretry: 1500\ndata\n\n"
              "event: message\r\ndata: a\xC3\xA4\xE2\x82\xAC\r\ndata:b\r\n\r\n"
              "data:  c \rid: x/2\r\r"
              "\n\n"
              "data: \xF0\x9F\x98\x80\nid\n\n"
              "event:other\ndata: {}\nnonsense: 1\nid: 3\n\n"
              "data: cut\nid: 4\n"};

} // namespace

SCENARIO("T5: a stream of events is parsed as HTML says", "[sse]") {
  GIVEN("one with everything in it") {
    auto x = parse(mixed);
    THEN("each event is there, and what no blank line ended is not") {
      REQUIRE(x.list.size() == 4);
      CHECK(x.list[0] == sse_event{"message", "a\xC3\xA4\xE2\x82\xAC\nb"});
      CHECK(x.list[1] == sse_event{"", " c "});
      CHECK(x.list[2] == sse_event{"", "\xF0\x9F\x98\x80"});
      CHECK(x.list[3] == sse_event{"other", "{}"});
      CHECK(x.id == "3");
      CHECK(x.retry == 1500ms);
    }
  }
  GIVEN("an event with nothing but an id") {
    auto x = parse("id: 7\ndata: \n\n");
    THEN("there is no event, but the id counts") {
      CHECK(x.list.empty());
      CHECK(x.id == "7");
    }
  }
  GIVEN("ids of all kinds") {
    CHECK(parse("id: a\n\nid: b").id == "a");
    CHECK(parse("id: a\n\nid: b\n").id == "a");
    CHECK(parse("id: a\n\nid\n\n").id.empty());
    CHECK(parse(std::string{"id: a\n\nid: b\0c\n\n", 16}).id == "a");
  }
  GIVEN("waits of all kinds") {
    CHECK(parse("retry: 20\n").retry == 20ms);
    CHECK(parse("retry: 20\nretry: 30\n").retry == 30ms);
    for (auto text : {"retry\n", "retry: \n", "retry: -1\n", "retry: 1.5\n",
                      "retry: 10s\n", "retry:  10\n", "retry: +1\n"})
      CHECK(parse(text).retry == -1ms);
    CHECK(parse("retry: 99999999999999999999999\n").retry == 24h);
  }
}

SCENARIO("what is no event is counted, and what belongs to one is free",
         "[sse]") {
  auto idle = [](const std::string& text) {
    auto parser = sse_parser{};
    auto list = events{};
    parser.feed(text, list);
    return parser.take_idle_bytes();
  };
  constexpr auto line = defaults::empty_line_bytes;
  CHECK(idle(": a\n: b\n") == 2 * (line + 3));
  CHECK(idle("\n\n") == 2 * line);
  CHECK(idle("event: ping\n\n") == 2 * line + 11);
  CHECK(idle("id: 1\nevent: message\ndata: x\n\n") == 0);
  auto large = "data: " + std::string(100'000, 'x');
  CHECK(idle(large) == 0);
  CHECK(idle(large + "\n" + large + "\n\n") == 0);
}

SCENARIO("T5: how a stream is cut changes nothing", "[sse]") {
  auto expected = parse(mixed);
  GIVEN("every cut in two") {
    for (size_t at = 1; at < mixed.size(); ++at)
      if (parse(mixed, {at, mixed.size()}) != expected)
        FAIL("it differs when cut at " << at);
  }
  GIVEN("byte after byte") {
    CHECK(parse(mixed, {1}) == expected);
  }
  GIVEN("pieces by chance") {
    auto engine = std::mt19937{4711};
    for (auto turn = 0; turn < 500; ++turn) {
      auto sizes = std::vector<size_t>{};
      for (auto i = 0; i < 200; ++i)
        sizes.push_back(1 + engine() % 17);
      if (parse(mixed, sizes) != expected)
        FAIL("it differs in turn " << turn);
    }
  }
}

SCENARIO("T4: an event without an end is not kept for ever", "[sse]") {
  auto list = events{};
  auto parser = sse_parser{100};
  auto feed = [&](const std::string& text, size_t step) {
    auto ok = true;
    for (size_t at = 0; at < text.size(); at += step)
      ok = parser.feed(std::string_view{text}.substr(at, step), list);
    return ok;
  };
  for (auto step : {1u, 7u, 1000u}) {
    GIVEN("pieces of " << step << " bytes") {
      WHEN("an event has as much as allowed") {
        CHECK(feed("data: " + std::string(100, 'x') + "\n\n", step));
        REQUIRE(list.size() == 1);
        CHECK(list[0].data.size() == 100);
      }
      WHEN("it has one more") {
        CHECK_FALSE(feed("data: " + std::string(101, 'x') + "\n\n", step));
        CHECK(parser.overflowed());
        CHECK(list.empty());
      }
      WHEN("a line never ends") {
        CHECK_FALSE(feed(":" + std::string(200, 'x'), step));
      }
      WHEN("a line of no use is too long, and ends") {
        CHECK_FALSE(feed(":" + std::string(200, 'x') + "\n", step));
      }
      WHEN("many small lines come to too much") {
        auto text = std::string{};
        for (auto i = 0; i < 51; ++i)
          text += "data:x\n";
        CHECK_FALSE(feed(text, step));
      }
      WHEN("it was too much once") {
        feed(":" + std::string(200, 'x'), step);
        CHECK_FALSE(feed("\n\ndata: a\n\n", step));
        CHECK(list.empty());
      }
    }
  }
}
