// Covers messages/json/literal.hpp.

#pragma GCC diagnostic error "-Wconversion"
#pragma GCC diagnostic error "-Wsign-conversion"

#include "troupe/messages/json/literal.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <map>

using namespace troupe;

namespace {

std::string text(const json_literal& x) {
  return x.fault().empty() ? x.text() : "fault: " + x.fault();
}

/// Whether `{xs...}` makes a literal.
template <class T, class... Ts>
concept braced = requires(const Ts&... xs) {
  T{xs...};
};

struct enumerated {
  enum plain { one = 1 };
  enum class strict { one = 1 };
};

/// What can become a boolean, a text, or anything.
struct willing {
  operator bool() const {
    return true;
  }
};

} // namespace

SCENARIO("values of a program are JSON", "[json]") {
  GIVEN("texts") {
    char changeable[] = "c";
    const char* pointer = "p";
    std::string whole{"a\0b", 3};
    CHECK(text("a") == R"("a")");
    CHECK(text(changeable) == R"("c")");
    CHECK(text(pointer) == R"("p")");
    CHECK(text(std::string{"s"}) == R"("s")");
    CHECK(text(std::string_view{"v"}) == R"("v")");
    CHECK(text(std::string_view{}) == R"("")");
    CHECK(text(whole) == R"("a\u0000b")");
    CHECK(text("\"\n\u00e9") == "\"\\\"\\n\u00e9\"");
  }
  GIVEN("booleans and null") {
    CHECK(text(true) == "true");
    CHECK(text(false) == "false");
    CHECK(text(nullptr) == "null");
  }
  GIVEN("integers of every width") {
    CHECK(text(0) == "0");
    CHECK(text(-7) == "-7");
    CHECK(text(7u) == "7");
    CHECK(text(short{-3}) == "-3");
    CHECK(text(int8_t{-8}) == "-8");
    CHECK(text(uint8_t{200}) == "200");
    CHECK(text(size_t{9}) == "9");
    CHECK(text(-1LL) == "-1");
    CHECK(text(1ULL) == "1");
    CHECK(text(std::numeric_limits<int64_t>::min()) == "-9223372036854775808");
    CHECK(text(std::numeric_limits<uint64_t>::max()) == "18446744073709551615");
  }
  GIVEN("numbers") {
    CHECK(text(0.5) == "0.5");
    CHECK(text(-0.0) == "-0");
    CHECK(text(1e300) == "1e+300");
    CHECK(text(0.25f) == "0.25");
  }
  GIVEN("JSON") {
    auto value = json::parse(" {\"n\":\n1.10} ").value;
    CHECK(text(value) == R"({"n": 1.10})");
    CHECK(text(json{}) == "null");
  }
}

SCENARIO("objects and lists are written as values", "[json]") {
  GIVEN("braces") {
    CHECK(text({{"a", "b"}}) == R"({"a":"b"})");
    CHECK(text({{"a", "b"}, {"c", "d"}}) == R"({"a":"b","c":"d"})");
    CHECK(text({{"a", 1}, {"b", true}, {"c", nullptr}, {"d", 0}})
          == R"({"a":1,"b":true,"c":null,"d":0})");
    CHECK(text({{"o", {{"a", "b"}}}}) == R"({"o":{"a":"b"}})");
    CHECK(text({{"o", {{"a", "b"}, {"c", {{"d", 1}}}}}})
          == R"({"o":{"a":"b","c":{"d":1}}})");
    CHECK(text({{"o", {}}}) == R"({"o":{}})");
    CHECK(text({{std::string{"k"}, 1}, {std::string_view{"v"}, 2}})
          == R"({"k":1,"v":2})");
    CHECK(text({{"a\"b", 1}, {"", 2}}) == R"({"a\"b":1,"":2})");
  }
  GIVEN("functions") {
    std::map<std::string, std::string> map{{"a", "1"}, {"b", "2"}};
    CHECK(text(json_object(map)) == R"({"a":"1","b":"2"})");
    CHECK(text(json_object({})) == "{}");
    CHECK(text(json_object({{"a", "b"}})) == R"({"a":"b"})");
    CHECK(text(json_array({1, 2})) == "[1,2]");
    CHECK(text(json_array({1})) == "[1]");
    CHECK(text(json_array({"a", "b"})) == R"(["a","b"])");
    CHECK(text(json_array({"a", "b", "c"})) == R"(["a","b","c"])");
    CHECK(text(json_array({1, "a", true, nullptr, 0.5}))
          == R"([1,"a",true,null,0.5])");
    CHECK(text(json_array({})) == "[]");
    CHECK(text(json_array({json_array({1}), json_array({})})) == "[[1],[]]");
    CHECK(text(json_array({json_object({{"a", 1}})})) == R"([{"a":1}])");
    CHECK(text(json_array(std::vector<std::string>{"a", "b"}))
          == R"(["a","b"])");
    CHECK(text(json_array(std::vector<bool>{true, false})) == "[true,false]");
    CHECK(text({{"l", json_array({1, 2})}}) == R"({"l":[1,2]})");
  }
}

SCENARIO("what is no value of JSON is told with its place", "[json]") {
  auto infinite = std::numeric_limits<double>::infinity();
  auto none = std::numeric_limits<double>::quiet_NaN();
  const char* nothing = nullptr;
  std::string huge(defaults::frame_bytes_max + 1, 'x');
  json_literal too_much = {{"t", huge}};
  CHECK(too_much.fault() == "text of more than 16777216 bytes at 't'");
  CHECK(text(infinite) == "fault: a number that is not finite");
  CHECK(text({{"n", none}}) == "fault: a number that is not finite at 'n'");
  CHECK(text({{"o", {{"l", json_array({1, {{"x", -infinite}}})}}}})
        == "fault: a number that is not finite at 'o.l[1].x'");
  CHECK(text({{"a", 1}, {"o", {{"b", 1}, {"b", 2}}}})
        == "fault: a key that stands twice at 'o.b'");
  CHECK(text({{"a", 1}, {"\u0061", 2}})
        == "fault: a key that stands twice at 'a'");
  CHECK(text({{"t", "\xFF"}}) == "fault: text that is not UTF-8 at 't'");
  CHECK(text({{"k\xFF", 1}}) == "fault: text that is not UTF-8 at 'k\uFFFD'");
  CHECK(text({{"p", nothing}}) == "fault: a null pointer at 'p'");
  CHECK(text({{nothing, 1}}) == "fault: a null pointer at '(empty)'");
  CHECK(text({{"a", none}, {"b", nothing}})
        == "fault: a number that is not finite at 'a'");
  GIVEN("a very long key") {
    json_literal x{{std::string(10'000, 'k'), none}};
    CHECK(x.fault().size() < 300);
  }
}

TEST_CASE("what could be taken for something else is no value", "[json]") {
  STATIC_REQUIRE(std::convertible_to<int, json_literal>);
  STATIC_REQUIRE_FALSE(std::constructible_from<json_literal, char>);
  STATIC_REQUIRE_FALSE(std::constructible_from<json_literal, wchar_t>);
  STATIC_REQUIRE_FALSE(std::constructible_from<json_literal, char8_t>);
  STATIC_REQUIRE_FALSE(std::constructible_from<json_literal, int*>);
  STATIC_REQUIRE_FALSE(std::constructible_from<json_literal, const void*>);
  STATIC_REQUIRE_FALSE(std::constructible_from<json_literal, long double>);
  STATIC_REQUIRE_FALSE(std::constructible_from<json_literal, willing>);
  STATIC_REQUIRE_FALSE(
    std::constructible_from<json_literal, enumerated::plain>);
  STATIC_REQUIRE_FALSE(
    std::constructible_from<json_literal, enumerated::strict>);
  STATIC_REQUIRE_FALSE(
    std::constructible_from<json_literal, std::vector<std::string>>);
  // Of two pointers a std::string or a string_view would make a range.
  STATIC_REQUIRE_FALSE(braced<json_literal, char[2], char[2]>);
  STATIC_REQUIRE_FALSE(braced<json_literal, const char*, const char*>);
  STATIC_REQUIRE_FALSE(braced<json_literal, const char*, int>);
  // Is it a list of one?
  STATIC_REQUIRE_FALSE(braced<json_literal, char[2]>);
  STATIC_REQUIRE_FALSE(braced<json_literal, int>);
  STATIC_REQUIRE_FALSE(braced<json_literal, json>);
  STATIC_REQUIRE(braced<json_literal, json_literal>);
  STATIC_REQUIRE(braced<json_member, const char*, const char*>);
  STATIC_REQUIRE_FALSE(braced<json_member, int, const char*>);
  STATIC_REQUIRE_FALSE(braced<json_member, const char*>);
}
