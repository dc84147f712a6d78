// Covers messages/arguments.hpp, messages/commands.hpp, messages/offers.hpp.

#pragma GCC diagnostic error "-Wconversion"
#pragma GCC diagnostic error "-Wsign-conversion"

#include "troupe/messages/arguments.hpp"
#include "troupe/messages/commands.hpp"
#include "troupe/messages/offers.hpp"

#include <catch2/catch.hpp>

#include <limits>
#include <map>

using namespace troupe;

namespace {

/// The object, "none", or the fault.
std::string told(const arguments& x) {
  if (!x.fault().empty())
    return "fault: " + x.fault();
  return x.value().is_null() ? "none" : std::string{x.value().text()};
}

std::string told(const call_tool& x) {
  return told(x.arguments);
}

// Only to be asked whether it compiles.
template <class T>
concept takes_two_texts = requires {
  T{"echo", {"text", "hello"}};
};
template <class T>
concept takes_a_pair = requires {
  T{"echo", {{"text", "hello"}}};
};
template <class T>
concept takes_a_number = requires {
  T{"echo", 3};
};
template <class T>
concept takes_a_bool = requires {
  T{"echo", true};
};
template <class T>
concept takes_a_null_pointer = requires {
  T{"echo", nullptr};
};
template <class T>
concept takes_a_list = requires {
  T{"echo", {{"l", {"a", "b"}}}};
};
template <class T>
concept takes_a_list_of_one = requires {
  T{"echo", {{"l", {"a"}}}};
};
template <class T>
concept takes_a_half_object = requires {
  T{"echo", {{"o", {"a", 1}}}};
};

} // namespace

SCENARIO("arguments are written as values", "[arguments]") {
  CHECK(told(call_tool{"echo", {{"text", "hello"}, {"n", 3}}})
        == R"({"text":"hello","n":3})");
  CHECK(told(call_tool{"echo", {{"text", "hello"}}}) == R"({"text":"hello"})");
  CHECK(told(call_tool{"echo", {{"flag", true}}}) == R"({"flag":true})");
  CHECK(
    told(call_tool{"sum", {{"terms", json_array({1, 2})}, {"at", {{"x", 0}}}}})
    == R"({"terms":[1,2],"at":{"x":0}})");
  CHECK(told(call_tool{"echo", {}}) == "none");
  CHECK(told(call_tool{"echo"}) == "none");
  CHECK(told(call_tool{"echo", json_object({})}) == "{}");
  std::map<std::string, int> map{{"a", 1}, {"b", 2}};
  CHECK(told(call_tool{"echo", json_object(map)}) == R"({"a":1,"b":2})");
  call_tool later;
  later.arguments = {{"a", "b"}};
  CHECK(told(later) == R"({"a":"b"})");
  later.arguments = {{"a", 1}, {"b", nullptr}};
  CHECK(told(later) == R"({"a":1,"b":null})");
  later.arguments = {};
  CHECK(told(later) == "none");
  CHECK(told(arguments({{"a", "b"}})) == R"({"a":"b"})");
  CHECK(get_prompt{"p", {{"k", "v"}}}.arguments.value().text()
        == R"({"k":"v"})");
}

SCENARIO("arguments are text that is checked", "[arguments]") {
  std::string text = R"( {"text":"hello"} )";
  auto whole = R"({"text":"hello"})";
  CHECK(told(call_tool{"echo", R"({"text":"hello"})"}) == whole);
  CHECK(told(call_tool{"echo", text.c_str()}) == whole);
  CHECK(told(call_tool{"echo", text}) == whole);
  CHECK(told(call_tool{"echo", std::string_view{text}}) == whole);
  GIVEN("what is no object") {
    const char* nothing = nullptr;
    CHECK(told(call_tool{"echo", R"({"text":)"})
          == "fault: cannot be read: not JSON at byte 8");
    CHECK(told(call_tool{"echo", "secret"})
          == "fault: cannot be read: not JSON at byte 0");
    CHECK(told(call_tool{"echo", ""})
          == "fault: cannot be read: not JSON at byte 0");
    CHECK(told(call_tool{"echo", "{\"a\":1,\"a\":2}"})
          == "fault: cannot be read: a key that the object already has at "
             "byte 7");
    CHECK(told(call_tool{"echo", "[1]"}) == "fault: must be an object");
    CHECK(told(call_tool{"echo", "null"}) == "fault: must be an object");
    CHECK(told(call_tool{"echo", nothing}) == "fault: are a null pointer");
  }
  GIVEN("text beyond the limits of JSON") {
    auto deep = std::string(defaults::json_depth_max, '[')
                + std::string(defaults::json_depth_max, ']');
    CHECK(told(arguments{"{\"a\":" + deep + "}"}).find("nested deeper")
          != std::string::npos);
    CHECK(told(arguments{std::string(defaults::frame_bytes_max + 1, ' ')})
            .find("larger than the limit")
          != std::string::npos);
  }
}

SCENARIO("arguments are JSON", "[arguments]") {
  CHECK(told(call_tool{"echo", json{}}) == "none");
  CHECK(told(call_tool{"echo", json::trusted(R"({"n":1.10})")})
        == R"({"n":1.10})");
  CHECK(told(call_tool{"echo", json::trusted("[]")})
        == "fault: must be an object");
  CHECK(told(call_tool{"echo", json::from_string("x")})
        == "fault: must be an object");
  // What an invalid text that was trusted becomes in a release build.
  CHECK(told(call_tool{"echo", json::no_json({json_error::reason::syntax, 3})})
        == "fault: must be an object");
#ifdef NDEBUG
  CHECK(told(call_tool{"echo", json::trusted("{\"a\"")})
        == "fault: must be an object");
#endif
}

SCENARIO("a value that is none is a fault of the request", "[arguments]") {
  auto none = std::numeric_limits<double>::quiet_NaN();
  CHECK(fault_of(call_tool{"t", {{"n", none}}})
        == "arguments have a number that is not finite at 'n'");
  CHECK(fault_of(call_tool{"t", {{"a", 1}, {"a", 2}}})
        == "arguments have a key that stands twice at 'a'");
  CHECK(fault_of(call_tool{"t", "{"})
        == "arguments cannot be read: not JSON at byte 1");
  CHECK(fault_of(call_tool{"t", {{"a", 1}}}).empty());
  CHECK(fault_of(get_prompt{"p", "{"})
        == "arguments cannot be read: not JSON at byte 1");
  CHECK(fault_of(get_prompt{"p", json::trusted("1")})
        == "arguments must be an object");
  complete_argument x{"p", "", "a", "v", {{"k", none}}};
  CHECK(fault_of(x)
        == "the other arguments have a number that is not finite at 'k'");
  x.others = {{"k", "w"}};
  CHECK(fault_of(x).empty());
  CHECK(params_of(x).find("context")->text() == R"({"arguments":{"k":"w"}})");
}

TEST_CASE("what is no arguments does not compile", "[arguments]") {
  STATIC_REQUIRE(takes_a_pair<call_tool>);
  STATIC_REQUIRE_FALSE(takes_two_texts<call_tool>);
  STATIC_REQUIRE_FALSE(takes_a_number<call_tool>);
  STATIC_REQUIRE_FALSE(takes_a_bool<call_tool>);
  STATIC_REQUIRE_FALSE(takes_a_null_pointer<call_tool>);
  STATIC_REQUIRE_FALSE(takes_a_half_object<call_tool>);
  STATIC_REQUIRE_FALSE(takes_a_list<call_tool>);
  STATIC_REQUIRE_FALSE(takes_a_list_of_one<call_tool>);
}

SCENARIO("arguments are equal where they mean the same text", "[arguments]") {
  CHECK(arguments{{"a", 1}} == arguments{R"({"a":1})"});
  CHECK(arguments{} == arguments{json{}});
  CHECK_FALSE(arguments{} == arguments{"{}"});
  CHECK_FALSE(arguments{"["} == arguments{});
}
