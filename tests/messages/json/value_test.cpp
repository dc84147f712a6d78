// Covers messages/json/value.cpp, messages/json/document.hpp,
// messages/json/scan.hpp, messages/json/number.cpp, messages/json/writer.cpp.

#include "troupe/messages/json/json.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace troupe;

namespace {

json parsed(std::string text) {
  auto outcome = json::parse(std::move(text));
  if (!outcome.ok())
    throw std::runtime_error(outcome.error.text());
  return outcome.value;
}

std::string text_of(const std::optional<json>& x) {
  return x ? std::string{x->text()} : "nothing";
}

} // namespace

SCENARIO("members are found by their decoded keys", "[json]") {
  GIVEN("an object of objects") {
    auto x = parsed(R"({"a":{"b":{"c":{"d":1}},"e":[{"f":2}]},)"
                    R"( "g\"\u00e9" : "x", "h":[1, {"i":3} ,4]})");
    THEN("they are found on each level") {
      CHECK(text_of(x.find("a")->find("b")) == R"({"c":{"d":1}})");
      CHECK(text_of(x.find("a")->find("b")->find("c")->find("d")) == "1");
      CHECK(text_of(x.find("a")->find("e")->items()[0].find("f")) == "2");
      CHECK(text_of(x.find("h")->items()[1].find("i")) == "3");
      CHECK(text_of(x.find("g\"\xC3\xA9")) == "\"x\"");
    }
    THEN("keys of other levels are not") {
      for (auto key : {"b", "c", "f", "i", "", "g\\\"\\u00e9"})
        CHECK(text_of(x.find(key)) == "nothing");
      CHECK(text_of(x.find("a")->find("a")) == "nothing");
      CHECK(text_of(x.find("a")->find("g")) == "nothing");
      CHECK(text_of(x.find("h")->find("i")) == "nothing");
    }
    THEN("a part answers as the whole does, also when it stands alone") {
      auto a = x.find("a")->detached();
      CHECK(text_of(a.find("b")->find("c")) == R"({"d":1})");
      CHECK(text_of(a.find("g")) == "nothing");
    }
  }
  GIVEN("an array of objects") {
    auto x = parsed(R"([{"a":1},[{"b":2}],{}])");
    CHECK(text_of(x.items()[0].find("a")) == "1");
    CHECK(text_of(x.items()[1].items()[0].find("b")) == "2");
    CHECK(text_of(x.find("a")) == "nothing");
    CHECK(x.items()[2].members().empty());
  }
  GIVEN("values that are no object") {
    for (auto text : {"null", "1", "\"a\"", "[\"a\"]", "true"}) {
      CHECK(text_of(parsed(text).find("a")) == "nothing");
      CHECK(parsed(text).members().empty());
    }
    CHECK(text_of(json{}.find("a")) == "nothing");
  }
}

SCENARIO("more members than are remembered are found all the same", "[json]") {
  // At, around and above the number of places that are kept.
  auto outer = GENERATE(1u, 2u, 63u, 64u, 65u, 200u);
  auto inner = GENERATE(0u, 1u, 62u, 63u, 64u, 200u);
  std::string text = "{";
  for (size_t i = 0; i < outer; ++i) {
    text += (i ? ",\"o" : "\"o") + std::to_string(i) + "\":{";
    // Every third has members; the last has an array of the same keys after it.
    for (size_t j = 0; i % 3 == 0 && j < inner; ++j)
      text += (j ? ",\"i" : "\"i") + std::to_string(j)
              + "\":" + std::to_string(i * 1000 + j);
    text += "}";
  }
  CAPTURE(outer, inner);
  CHECK(!parsed(text + "}").find("i1"));
  auto x = parsed(text + ",\"z\":[1,{\"i0\":2},3]}");
  for (size_t i = 0; i < outer; ++i) {
    auto o = x.find("o" + std::to_string(i));
    REQUIRE(o);
    size_t count = i % 3 == 0 ? inner : 0;
    REQUIRE(o->members().size() == count);
    for (size_t j : {size_t{0}, count / 2, count - 1})
      if (j < count)
        REQUIRE(o->find("i" + std::to_string(j))->as_integer()
                == static_cast<int64_t>(i * 1000 + j));
    REQUIRE(!o->find("i" + std::to_string(count)));
  }
  CHECK(text_of(x.find("z")) == "[1,{\"i0\":2},3]");
  CHECK(x.members().size() == outer + 1);
}

SCENARIO("strings are decoded", "[json]") {
  CHECK(parsed(R"("a\"\\\/\b\f\n\r\tz")").as_string() == "a\"\\/\b\f\n\r\tz");
  CHECK(parsed(R"("\u00e9\u20AC\u0000")").as_string()
        == std::string("\xC3\xA9\xE2\x82\xAC\0", 6));
  CHECK(parsed(R"(["\\",  "\\\"" , "]"])").items().size() == 3);
  CHECK(parsed(R"(["\\",  "\\\"" , "]"])").items()[1].as_string() == "\\\"");
  CHECK(!parsed("1").as_string());
}

SCENARIO("numbers are read as integers where they are some", "[json]") {
  auto [text, value] = GENERATE(table<std::string, std::optional<int64_t>>({
    {"0", 0},
    {"-0", 0},
    {"-0.0e5", 0},
    {"0e99", 0},
    {"3.0", 3},
    {"1e2", 100},
    {"1.5e1", 15},
    {"1.5", std::nullopt},
    {"100e-2", 1},
    {"150e-2", std::nullopt},
    {"0.001e3", 1},
    {"9223372036854775807", INT64_MAX},
    {"-9223372036854775808", INT64_MIN},
    {"9223372036854775808", std::nullopt},
    {"-9223372036854775809", std::nullopt},
    {"9223372036854775807.000", INT64_MAX},
    {"922337203685477580.7e1", INT64_MAX},
    {"1e18", 1'000'000'000'000'000'000},
    {"1e19", std::nullopt},
    {"1e308", std::nullopt},
    {"1e309", std::nullopt},
    {"1e999999999999", std::nullopt},
    {"1" + std::string(309, '0') + "e-300", 1'000'000'000},
    {"1e-99999999999999999999", std::nullopt},
    {"0e-99999999999999999999", 0},
    {"9007199254740993", 9007199254740993},
  }));
  CAPTURE(text);
  CHECK(parsed(text).as_integer() == value);
}

SCENARIO("numbers are read as doubles", "[json]") {
  CHECK(parsed("0.1").as_double() == 0.1);
  CHECK(parsed("-1.7976931348623157e308").as_double()
        == std::numeric_limits<double>::lowest());
  CHECK(parsed("5e-324").as_double() == 5e-324);
  CHECK(parsed("1e-400").as_double() == 0.0);
  CHECK(parsed("0.00001e-400").as_double() == 0.0);
  CHECK(parsed("12").as_double() == 12.0);
  CHECK(!parsed("9e308").as_double());
  CHECK(!parsed("1e309").as_double());
  CHECK(!parsed("-1e999999999999").as_double());
  CHECK(!parsed(std::string(310, '9')).as_double());
  CHECK(parsed(std::string(310, '1') + "e-309").as_double() > 1.1);
  CHECK(!parsed("\"1\"").as_double());
  CHECK(parsed("true").as_bool() == true);
  CHECK(parsed("false").as_bool() == false);
  CHECK(!parsed("0").as_bool());
}

SCENARIO("written text is one line of JSON", "[json]") {
  GIVEN("a writer with all kinds of values") {
    json_writer out;
    out.begin_object()
      .member("s", "a\"\\\b\f\n\r\t\x01\x1F/\x7F\xC3\xA9")
      .member("i", INT64_MIN)
      .member("u", UINT64_MAX)
      .member("n", -1)
      .member("d", 0.1)
      .member("inf", std::numeric_limits<double>::infinity())
      .member("b", true)
      .member("j", parsed("[1,\r\n {\"x\":\"\\n\"}\n]"))
      .key("k\n")
      .begin_array()
      .value("x")
      .null()
      .begin_object()
      .end_object()
      .begin_array()
      .end_array()
      .end_array()
      .member("z", json{})
      .end_object();
    auto text = out.take();
    THEN("each value stands there, escaped") {
      CHECK(text
            == "{\"s\":\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f/\x7F\xC3\xA9\","
               "\"i\":-9223372036854775808,\"u\":18446744073709551615,"
               "\"n\":-1,\"d\":0.1,\"inf\":null,\"b\":true,"
               "\"j\":[1,   {\"x\":\"\\n\"} ],"
               "\"k\\n\":[\"x\",null,{},[]],\"z\":null}");
    }
    THEN("it is JSON without a line end") {
      CHECK(json::parse(text).ok());
      CHECK(text.find_first_of("\r\n") == std::string::npos);
    }
  }
  GIVEN("strings of any bytes") {
    uint32_t state = 1;
    for (int i = 0; i < 2000; ++i) {
      std::string bytes;
      for (int n = static_cast<int>(state >> 16) % 40; n > 0; --n) {
        state = state * 1664525 + 1013904223;
        bytes += static_cast<char>(state >> 24);
      }
      state = state * 1664525 + 1013904223;
      auto x = json::from_string(bytes);
      auto once = x.as_string();
      REQUIRE(once);
      REQUIRE(json::parse(std::string{x.text()}).ok());
      // What came through once is UTF-8 and comes through unchanged.
      REQUIRE(json::from_string(*once).as_string() == once);
    }
    CHECK(json::from_string("a\xFFz\xC3").as_string()
          == "a\xEF\xBF\xBDz\xEF\xBF\xBD");
  }
}

SCENARIO("what stands for a text that is no JSON says why", "[json]") {
  auto x = json::no_json({json_error::reason::syntax, 3});
  CHECK(x.is_string());
  CHECK(x.as_string() == "(not JSON at byte 3)");
#ifdef NDEBUG
  CHECK(json::trusted("{\"a")
        == json::no_json({json_error::reason::syntax, 3}));
#endif
}

SCENARIO("null needs no text", "[json]") {
  json x;
  CHECK(x.is_null());
  CHECK(x.text() == "null");
  CHECK(x == parsed(" null "));
  CHECK(x.items().empty());
  CHECK(x.detached() == x);
  CHECK(sizeof(json) <= 24);
}
