// Covers messages/json/json.hpp, messages/json/stream.hpp,
// messages/json/keys.hpp, messages/json/large_numbers.hpp,
// messages/json/utf8.hpp, messages/json/blank.hpp.

#include "troupe/messages/json/blank.hpp"
#include "troupe/messages/json/json.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace troupe;

using reason = json_error::reason;

namespace {

// Both at once: a wrong offset is as bad as a wrong reason.
std::string fault_of(std::string text, const json_limits& limits = {}) {
  auto outcome = json::parse(std::move(text), limits);
  if (outcome.ok())
    return "none";
  return std::string{to_string(outcome.error.why)} + "@"
         + std::to_string(outcome.error.offset);
}

json parsed(std::string text) {
  auto outcome = json::parse(std::move(text));
  if (!outcome.ok())
    throw std::runtime_error(outcome.error.text());
  return outcome.value;
}

std::string repeat(std::string_view x, size_t times) {
  std::string result;
  for (size_t i = 0; i < times; ++i)
    result += x;
  return result;
}

const std::string sample =
  R"( {"jsonrpc":"2.0","id":9007199254740993,"result":{"content":[{"type":)"
  R"("text","text":"gr\u00fc\u00df \ud83d\ude00 )"
  "\xC3\xBC \xE2\x82\xAC \xF0\x9F\x98\x80"
  R"( \\ \" \/ \b\f\n\r\t"},{}],"a":[],"b":[true,false,null,-0.5e-7,0]},)"
  "\r\n\t\"_meta\" : {} }\n";

} // namespace

SCENARIO("JSON text is kept as it was received", "[json]") {
  GIVEN("a text with all kinds of values") {
    auto outcome = json::parse(sample);
    REQUIRE(outcome.ok());
    THEN("the value's text is the text without the space around it") {
      CHECK(outcome.value.text() == sample.substr(1, sample.size() - 2));
    }
    THEN("an integer beyond 2^53 is intact") {
      CHECK(outcome.value.find("id")->text() == "9007199254740993");
      CHECK(outcome.value.find("id")->as_integer() == 9007199254740993);
    }
    THEN("parsing a value's text gives the same value") {
      auto again = parsed(std::string{outcome.value.text()});
      CHECK(again == outcome.value);
    }
    THEN("a detached part has the same text and outlives the whole") {
      auto part = outcome.value.find("result")->detached();
      outcome = {};
      CHECK(part.find("a")->text() == "[]");
    }
  }
  GIVEN("texts of one value") {
    for (std::string text :
         {"null", "true", "false", "0", "-0", "1.50", "1E+2", "\"\"", "\"x\"",
          "[]", "{}", "[ ]", "{ }", "[[[]]]", "{\"\":{\"\":{}}}", "\"\\u0000\"",
          "123456789012345678901234567890", "1e308", "1e-400"}) {
      CAPTURE(text);
      CHECK(parsed(text).text() == text);
      CHECK(parsed(" \t\r\n" + text + " \n").text() == text);
    }
  }
}

SCENARIO("numbers of any size are kept as they are written", "[json]") {
  auto number =
    GENERATE(as<std::string>{}, "1e309", "-1e309", "1E+309", "1.5e400", "9e308",
             "1e999999999999", "0.5e-99999999999", std::string(309, '9'),
             '-' + std::string(400, '8'), std::string(310, '7') + ".25",
             std::string(310, '6') + "e-300", std::string(20000, '5'));
  CAPTURE(number);
  CHECK(parsed(number).text() == number);
  CHECK(parsed(" [" + number + "]").items().at(0).text() == number);
  auto within =
    parsed("{\"a\\\"1e309\":\"1e309\",\"b\" : " + number
           + " ,\"c\":{\"d\":" + number + ",\"e\":[true," + number + ",0.1]}}");
  CHECK(within.find("a\"1e309")->as_string() == "1e309");
  CHECK(within.find("b")->text() == number);
  CHECK(within.find("c")->find("d")->text() == number);
  CHECK(within.find("c")->find("e")->items().at(2).text() == "0.1");
  std::string written;
  append_json(written, within);
  CHECK(parsed(written).find("b")->text() == number);
}

SCENARIO("limits hold for texts with numbers of any size", "[json]") {
  CHECK(fault_of("[1e309,1e309]", {100, 1, 3}) == "none");
  CHECK(fault_of("[1e309,1e309]", {100, 1, 2}) == "too_many_nodes@7");
  CHECK(fault_of("[1e309,[1e309]]", {100, 1, 9}) == "too_deep@7");
}

SCENARIO("what is no JSON is refused with the place of the fault", "[json]") {
  GIVEN("a text cut at any byte") {
    auto end = sample.find_last_of('}') + 1;
    for (size_t i = 0; i < end; ++i) {
      auto cut = sample.substr(0, i);
      CAPTURE(cut);
      auto fault = fault_of(cut);
      // A cut within a character is found where the character begins.
      auto at_end = fault == "syntax@" + std::to_string(i);
      auto in_char = fault.find("invalid_utf8@") == 0;
      auto in_escape =
        fault.find("syntax@") == 0 && cut.find_last_of('\\') + 6 >= i;
      CHECK((at_end || in_char || in_escape));
    }
  }
  GIVEN("texts with one fault") {
    auto [text, fault] = GENERATE(table<std::string, std::string>({
      {"", "syntax@0"},
      {"  ", "syntax@2"},
      {"nul", "syntax@3"},
      {"nulx", "syntax@3"},
      {"NaN", "syntax@0"},
      {"[Infinity]", "syntax@1"},
      {"[-Infinity]", "syntax@2"},
      {"+1", "syntax@0"},
      {"01", "trailing_bytes@1"},
      {"[01]", "syntax@2"},
      {"1.", "syntax@2"},
      {"[1.]", "syntax@3"},
      {".5", "syntax@0"},
      {"1e", "syntax@2"},
      {"-", "syntax@1"},
      {"0x10", "trailing_bytes@1"},
      {"[1e309,]", "syntax@7"},
      {"[1e309 2]", "syntax@7"},
      {"[1e309,01]", "syntax@8"},
      {"[1e309,1.]", "syntax@9"},
      {"[1e309,\"1e309\n\"]", "syntax@13"},
      {"{\"a\":1e309,\"b\":1e309,\"a\":1}", "duplicate_key@21"},
      {"{1e309:1}", "syntax@1"},
      {"1e309 1e309", "trailing_bytes@6"},
      {"1e309.5", "trailing_bytes@5"},
      {"[1,]", "syntax@3"},
      {"[,1]", "syntax@1"},
      {"[1 2]", "syntax@3"},
      {"{\"a\"}", "syntax@4"},
      {"{\"a\":}", "syntax@5"},
      {"{\"a\":1,}", "syntax@7"},
      {"{a:1}", "syntax@1"},
      {"{1:1}", "syntax@1"},
      {"{\"a\":1]", "syntax@6"},
      {"[1}", "syntax@2"},
      {"]", "syntax@0"},
      {"'a'", "syntax@0"},
      {"// x\n1", "syntax@0"},
      {"\"a\nb\"", "syntax@2"},
      {"\"a\tb\"", "syntax@2"},
      {"\"a", "syntax@2"},
      {"\"ab\\x\"", "syntax@3"},
      {"\"\\u12G4\"", "syntax@1"},
      {"\"\\u12\"", "syntax@1"},
      {"1 2", "trailing_bytes@2"},
      {"{}{}", "trailing_bytes@2"},
      {"{} x", "trailing_bytes@3"},
      {"\xEF\xBB\xBF{}", "syntax@0"},
      {"{}\xC2\xA0", "trailing_bytes@2"},
    }));
    CAPTURE(text);
    CHECK(fault_of(text) == fault);
  }
  GIVEN("a NUL") {
    using namespace std::string_literals;
    CHECK(fault_of("1\0"s) == "trailing_bytes@1");
    CHECK(fault_of("\0"s) == "syntax@0");
    CHECK(fault_of("[\0]"s) == "syntax@1");
    CHECK(fault_of("\"a\0b\""s) == "syntax@2");
    CHECK(fault_of("{\"a\0\":1}"s) == "syntax@3");
  }
  GIVEN("a fault far into a string") {
    for (size_t n = 0; n < 70; ++n) {
      auto fill = repeat("x", n);
      CAPTURE(n);
      CHECK(fault_of("\"" + fill + "\n\"")
            == "syntax@" + std::to_string(n + 1));
      CHECK(fault_of("\"" + fill + "\xFF\"")
            == "invalid_utf8@" + std::to_string(n + 1));
      CHECK(parsed("\"" + fill + "\\n\"").as_string() == fill + "\n");
    }
  }
}

SCENARIO("strings have to be UTF-8", "[json]") {
  GIVEN("byte sequences that are none") {
    std::string bytes =
      GENERATE("\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41",
               "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
               "\xE2\x82", "\xE2\x28\xA1", "\xF0\x80\x80\x80",
               "\xF0\x8F\xBF\xBF", "\xF0\x9F\x98", "\xF4\x90\x80\x80",
               "\xF5\x80\x80\x80", "\xFE", "\xFF", "\xF8\x88\x80\x80\x80");
    THEN("each is found where it begins, in a value and in a key") {
      CHECK(fault_of("\"ab" + bytes + "\"") == "invalid_utf8@3");
      CHECK(fault_of("{\"\xC3\xA9" + bytes + "\":1}") == "invalid_utf8@4");
      CHECK(fault_of("\"" + bytes) == "invalid_utf8@1");
    }
  }
  GIVEN("the first and last characters of each length") {
    std::string text = GENERATE("\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80",
                                "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
                                "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF");
    CHECK(parsed("\"" + text + "\"").as_string() == text);
  }
  GIVEN("surrogates as escapes") {
    auto decoded = [](std::string text) { return *parsed(text).as_string(); };
    THEN("a pair is one character, half a pair is U+FFFD") {
      CHECK(decoded(R"("\ud83d\ude00")") == "\xF0\x9F\x98\x80");
      CHECK(decoded(R"("\uD83Dx")") == "\xEF\xBF\xBDx");
      CHECK(decoded(R"("\ude00\ud83d")") == "\xEF\xBF\xBD\xEF\xBF\xBD");
      CHECK(decoded(R"("\ud83d\ud83d\ude00")")
            == "\xEF\xBF\xBD\xF0\x9F\x98\x80");
      CHECK(decoded(R"("\ud83d\u0041")")
            == "\xEF\xBF\xBD"
               "A");
      CHECK(decoded(R"("\ud83d")") == "\xEF\xBF\xBD");
    }
  }
}

SCENARIO("an object has each key once", "[json]") {
  CHECK(fault_of(R"({"a":1,"b":2,"a":3})") == "duplicate_key@13");
  CHECK(fault_of(R"({"a":1,"\u0061":3})") == "duplicate_key@7");
  CHECK(fault_of(R"({"\/":1,"/":3})") == "duplicate_key@8");
  CHECK(fault_of(R"({"":1,"":3})") == "duplicate_key@6");
  CHECK(fault_of(R"([{"x":{"y":[{"a":1,"a":2}]}}])") == "duplicate_key@19");
  CHECK(fault_of(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]})") == "none");
  CHECK(fault_of(R"({"a":1,"A":1,"a ":1,"\u00e1":1})") == "none");
  GIVEN("an object with many keys") {
    auto n = GENERATE(2u, 15u, 16u, 17u, 18u, 1000u);
    std::string text = "{";
    for (size_t i = 0; i < n; ++i)
      text += "\"k" + std::to_string(i) + "\":0,";
    auto offset = std::to_string(text.size());
    CAPTURE(n);
    CHECK(fault_of(text + "\"k0\":1}") == "duplicate_key@" + offset);
    CHECK(fault_of(text + "\"\\u006b1\":1}") == "duplicate_key@" + offset);
    CHECK(fault_of(text + "\"k1\":1,\"k0\":1,\"k1\":1}")
          == "duplicate_key@" + offset);
    CHECK(fault_of(text + "\"k\":1}") == "none");
  }
  GIVEN("an object in which all of many keys are repeated") {
    std::string keys;
    for (int i = 0; i < 100; ++i)
      keys += ",\"k" + std::to_string(i) + "\":0";
    THEN("the first repetition is reported") {
      CHECK(fault_of("{" + keys.substr(1) + keys + "}")
            == "duplicate_key@" + std::to_string(keys.size() + 1));
    }
  }
}

SCENARIO("limits hold at their number and not one past it", "[json]") {
  GIVEN("a limit of bytes") {
    CHECK(fault_of("[1,2]", {5}) == "none");
    CHECK(fault_of("[1,2]", {4}) == "too_large@4");
    CHECK(fault_of("", {0}) == "syntax@0");
  }
  GIVEN("a limit of depth") {
    json_limits limits{100, 3, 100};
    CHECK(fault_of("[[[1]]]", limits) == "none");
    CHECK(fault_of("[[{\"a\":1}],[[]]]", limits) == "none");
    CHECK(fault_of("[[[[1]]]]", limits) == "too_deep@3");
    CHECK(fault_of("[[[{}]]]", limits) == "too_deep@3");
    CHECK(fault_of("1", {100, 0, 100}) == "none");
    CHECK(fault_of("[]", {100, 0, 100}) == "too_deep@0");
  }
  GIVEN("a limit of values, containers included, keys not") {
    json_limits limits{100, 10, 4};
    CHECK(fault_of("[1,2,3]", limits) == "none");
    CHECK(fault_of("[1,2,3,4]", limits) == "too_many_nodes@7");
    CHECK(fault_of("{\"a\":{\"b\":[1]}}", limits) == "none");
    CHECK(fault_of("{\"a\":{\"b\":[1,null]}}", limits) == "too_many_nodes@13");
  }
  GIVEN("the defaults") {
    auto max = defaults::json_depth_max;
    CHECK(fault_of(repeat("[", max) + repeat("]", max)) == "none");
    CHECK(fault_of(repeat("[", max + 1)) == "too_deep@" + std::to_string(max));
    CHECK(fault_of(std::string(defaults::frame_bytes_max, '['))
          == "too_deep@" + std::to_string(max));
  }
  GIVEN("a depth limit that a user has raised") {
    size_t n = 100'000;
    json_limits limits{1u << 20, n, 1u << 20};
    auto text = repeat("[", n) + repeat("]", n);
    auto outcome = json::parse(text, limits);
    REQUIRE(outcome.ok());
    CHECK(outcome.value.items().size() == 1);
    CHECK(outcome.value.items()[0].text().size() == 2 * n - 2);
  }
}

SCENARIO("a text is blank where it has nothing but JSON's whitespace",
         "[json]") {
  for (auto text : {"", " ", " \t\r\n "})
    CHECK(is_blank(text));
  CHECK_FALSE(is_blank(" 0 "));
  CHECK_FALSE(is_blank("\v"));
  CHECK_FALSE(is_blank(std::string_view{"\0", 1}));
}
