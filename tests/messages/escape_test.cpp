// Covers messages/escape.hpp.

#include "troupe/messages/escape.hpp"
#include "troupe/messages/json/utf8.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

// No byte that a terminal acts on, and nothing but UTF-8.
bool is_harmless(const std::string& text, bool one_line) {
  auto end = text.data() + text.size();
  for (auto p = text.data(); p != end;) {
    auto length = utf8_length(p, end);
    if (length == 0)
      return false;
    auto x = decode_utf8(p, length);
    bool allowed = !one_line && (x == '\n' || x == '\t');
    if (!allowed && (x < 0x20 || (x >= 0x7F && x < 0xA0)))
      return false;
    p += length;
  }
  return true;
}

} // namespace

SCENARIO("sequences that steer a terminal become visible", "[escape]") {
  using namespace std::string_literals;
  auto [text, shown] = GENERATE(table<std::string, std::string>({
    {"\x1B[31mred\x1B[0m", "\\x1b[31mred\\x1b[0m"},           // CSI
    {"\x1B[2J\x1B[H", "\\x1b[2J\\x1b[H"},                     // clear
    {"\x1B]0;title\x07", "\\x1b]0;title\\x07"},               // OSC 0
    {"\x1B]8;;http://x\x1B\\y", "\\x1b]8;;http://x\\x1b\\y"}, // OSC 8
    {"\x1B]52;c;aGk=\x07", "\\x1b]52;c;aGk=\\x07"},           // OSC 52
    {"\x1BP$q\"p\x1B\\", "\\x1bP$q\"p\\x1b\\"},               // DCS
    {"\x1B_G\x1B\\", "\\x1b_G\\x1b\\"},                       // APC
    {"\x1B"
     "c",
     "\\x1b"
     "c"}, // reset
    {"\xC2\x9B"
     "31m",
     "\\x9b"
     "31m"}, // C1 CSI
    {"\xC2\x9D"
     "0;t\xC2\x9C",
     "\\x9d"
     "0;t\\x9c"}, // C1 OSC, ST
    {"\x9B"
     "31m",
     "\\x9b"
     "31m"},                             // the bare byte
    {"a\rb", "a\\rb"},                   // overwrite
    {"a\b\b\x7F", "a\\x08\\x08\\x7f"},   // backspace
    {"\x0E\x0F\x05", "\\x0e\\x0f\\x05"}, // shift, ENQ
    {"a\0b"s, "a\\x00b"},
    {"\xC0\x9B\xED\xA0\x80\xFF", "\\xc0\\x9b\\xed\\xa0\\x80\\xff"},
    {"user\xE2\x80\xAEgpj.exe", "user\\u{202e}gpj.exe"},  // override
    {"\xE2\x81\xA6x\xE2\x81\xA9", "\\u{2066}x\\u{2069}"}, // isolates
    {"\xE2\x80\x8E\xE2\x80\x8F\xD8\x9C", "\\u{200e}\\u{200f}\\u{061c}"},
    {"a\xE2\x80\x8Bz\xEF\xBB\xBF", "a\\u{200b}z\\u{feff}"}, // zero width
    {"\xE2\x80\xA8\xE2\x80\xA9", "\\u{2028}\\u{2029}"},     // line separators
    {"\xF3\xA0\x81\x81", "\\u{e0041}"},                     // tag letter A
    {"\xC2\xAD\xE3\x85\xA4", "\\u{00ad}\\u{3164}"},         // invisible
  }));
  CAPTURE(shown);
  CHECK(escape_text(text) == shown);
  CHECK(escape_line(text, 1000) == shown);
}

SCENARIO("ordinary text stays as it is", "[escape]") {
  for (std::string text :
       {"", "plain \\ text ~",
        "Gr\xC3\xBC\xC3\x9F"
        "e \xE2\x82\xAC",
        "\xE4\xB8\xAD\xE6\x96\x87 \xF0\x9F\x98\x80 \xE2\x9D\xA4\xEF\xB8\x8F",
        "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "\xC2\xA0\xC2\xAC\xC2\xAE"}) {
    CHECK(escape_text(text) == text);
    CHECK(escape_line(text, 1000) == text);
  }
  CHECK(escape_text("a\n\tb\n") == "a\n\tb\n");
  CHECK(escape_line("a\n\tb\r\n", 1000) == "a\\n\\tb\\r\\n");
}

SCENARIO("a line is cut at its limit, between characters", "[escape]") {
  CHECK(escape_line("abcdef", 6) == "abcdef");
  CHECK(escape_line("abcdefg", 6) == "abc...");
  CHECK(escape_line("ab\xE2\x82\xAC"
                    "defg",
                    7)
        == "ab...");
  CHECK(escape_line("ab\xE2\x82\xAC"
                    "defg",
                    8)
        == "ab\xE2\x82\xAC...");
  CHECK(escape_line("a\x1B[2J", 6) == "a...");
  CHECK(escape_line("a\x1B[2J", 8) == "a\\x1b[2J");
  CHECK(escape_line("a\x1B[2Jx", 8) == "a\\x1b...");
  CHECK(escape_line("abcdef", 3) == "...");
  CHECK(escape_line("abcdef", 2) == "..");
  CHECK(escape_line("abcdef", 0) == "");
  CHECK(escape_line("", 0) == "");
  CHECK(escape_line(std::string(1u << 20, '\n'), 100).size() <= 100);
}

SCENARIO("no bytes whatever come out harmful", "[escape]") {
  uint32_t state = 7;
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    for (int n = 0; n < 24; ++n) {
      state = state * 1664525 + 1013904223;
      // Half of the bytes come from the leads of C1 and bidi characters.
      constexpr char leads[] = "\xC2\xE2\x80\x1B\x9B\xAE";
      text +=
        state >> 31 ? leads[(state >> 20) % 6] : static_cast<char>(state >> 22);
    }
    auto limit = (state >> 12) % 60;
    CAPTURE(i, limit);
    REQUIRE(is_harmless(escape_text(text), false));
    auto line = escape_line(text, limit);
    REQUIRE(is_harmless(line, true));
    REQUIRE(line.size() <= limit);
    REQUIRE(escape_text(escape_text(text)) == escape_text(text));
  }
}
