// Covers transports/stdio/line_framer.hpp.

#include "troupe/transports/stdio/line_framer.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

using lines = std::vector<std::string>;

// Feeds `bytes` in pieces of `size`.
lines cut(std::string_view bytes, size_t size, size_t max = 100) {
  auto out = lines{};
  auto framer = line_framer{max};
  for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size())))
    framer.feed(bytes.substr(0, size), out);
  return out;
}

} // namespace

SCENARIO("a framer cuts lines whatever the chunks", "[framer]") {
  const auto sample = std::string{"{\"a\":1}\n\n{\"b\":2}\r\n\r\n\xff\xfe\n"
                                  "\r\r\nlast\nrest"};
  const auto expected =
    lines{"{\"a\":1}", "{\"b\":2}", "\xff\xfe", "\r", "last"};
  GIVEN("a text with empty lines, CRLF and no valid UTF-8") {
    WHEN("it comes in chunks of every size") {
      for (auto size = size_t{1}; size <= sample.size(); ++size)
        CHECK(cut(sample, size) == expected);
    }
    WHEN("it comes in two pieces, cut at every byte") {
      for (auto at = size_t{0}; at <= sample.size(); ++at) {
        auto out = lines{};
        auto framer = line_framer{};
        framer.feed(std::string_view{sample}.substr(0, at), out);
        framer.feed(std::string_view{sample}.substr(at), out);
        CHECK(out == expected);
        CHECK(framer.rest() == "rest");
      }
    }
  }
}

SCENARIO("a framer counts the empty lines that it drops", "[framer]") {
  auto out = lines{};
  auto framer = line_framer{};
  framer.feed("\n\r\na\n\n\r", out);
  CHECK(framer.take_empty_lines() == 3);
  CHECK(framer.take_empty_lines() == 0);
  framer.feed("\nb\n", out);
  CHECK(framer.take_empty_lines() == 1);
  CHECK(out == lines{"a", "b"});
}

SCENARIO("S25, T3: a framer refuses a line without end", "[framer]") {
  auto out = lines{};
  auto framer = line_framer{8};
  GIVEN("a limit of 8 bytes") {
    for (auto size : {1, 2, 3, 100})
      WHEN("a line has 8, in chunks of " << size) {
        CHECK(cut("12345678\n", size, 8) == lines{"12345678"});
        CHECK(cut("12345678\r\n", size, 8) == lines{"12345678"});
      }
    for (auto size : {1, 2, 3, 100})
      WHEN("a line has 9, in chunks of " << size) {
        CHECK(cut("a\n123456789\nb\n", size, 8) == lines{"a"});
        CHECK(cut("a\n123456789\r\nb\n", size, 8) == lines{"a"});
      }
    WHEN("the ninth byte comes and no line's end") {
      CHECK(framer.feed("12345678", out));
      CHECK_FALSE(framer.feed("9", out));
      THEN("nothing is kept, and nothing more is taken") {
        CHECK(framer.overflowed());
        CHECK(framer.rest().empty());
        CHECK_FALSE(framer.feed("\nx\n", out));
        CHECK(out.empty());
      }
    }
  }
}

SCENARIO("a framer gives a long line's memory away", "[framer]") {
  GIVEN("a framer that has cut a line of 1 MiB") {
    auto out = lines{};
    auto framer = line_framer{};
    framer.feed(std::string(1 << 20, 'x'), out);
    auto at = framer.rest().data();
    framer.feed("\nshort", out);
    THEN("the line is the buffer itself, and the framer starts anew") {
      REQUIRE(out.size() == 1);
      CHECK(out[0].size() == 1u << 20);
      CHECK(out[0].data() == at);
      CHECK(framer.rest() == "short");
    }
  }
}

SCENARIO("a framer learns how long a server's lines are", "[framer]") {
  GIVEN("a framer that has cut a line of 1 MiB") {
    constexpr auto chunk = size_t{1} << 16;
    auto out = lines{};
    auto framer = line_framer{};
    auto feed = [&](size_t size) {
      for (; size > 0; size -= std::min(size, chunk))
        framer.feed(std::string(std::min(size, chunk), 'x'), out);
    };
    feed(1 << 20);
    framer.feed("\n", out);
    WHEN("another one comes") {
      feed(chunk);
      auto at = framer.rest().data();
      feed((1 << 20) - chunk);
      framer.feed("\n", out);
      THEN("it is not copied while it grows") {
        REQUIRE(out.size() == 2);
        CHECK(out[1].size() == 1u << 20);
        CHECK(out[1].data() == at);
      }
    }
    WHEN("a shorter one comes") {
      feed(2 * chunk);
      framer.feed("\n", out);
      THEN("it does not hold the room that was made") {
        CHECK(out[1].size() == 2 * chunk);
        CHECK(out[1].capacity() < 4 * chunk);
      }
    }
    WHEN("a line that is too long comes") {
      auto small = line_framer{4 * chunk};
      small.feed(std::string(4 * chunk, 'x'), out);
      small.feed("\n", out);
      CHECK(small.feed(std::string(4 * chunk, 'x'), out));
      CHECK_FALSE(small.feed("x", out));
    }
  }
}
