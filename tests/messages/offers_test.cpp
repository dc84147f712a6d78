// Covers messages/offers.hpp, messages/resources.hpp, messages/prompts.hpp.

#include "troupe/messages/offers.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

json parsed(std::string text) {
  auto outcome = json::parse(std::move(text));
  if (!outcome.ok())
    throw std::runtime_error(outcome.error.text());
  return outcome.value;
}

} // namespace

SCENARIO("resources are taken as they are", "[offers]") {
  GIVEN("a resource with every member") {
    std::string text =
      R"({"uri":"file:///a","name":"a","title":"A","description":"d",)"
      R"("mimeType":"text/plain","size":9007199254740993,)"
      R"("annotations":{"priority":1},"_meta":{"m":1},"icons":[]})";
    auto [x, error] = parse_resource(parsed(text));
    REQUIRE(error == "");
    CHECK(x.uri == "file:///a");
    CHECK(x.name == "a");
    CHECK(x.title == "A");
    CHECK(x.description == "d");
    CHECK(x.mime_type == "text/plain");
    CHECK(x.size == 9007199254740993);
    CHECK(x.annotations.text() == R"({"priority":1})");
    CHECK(x.meta.text() == R"({"m":1})");
    CHECK(x.raw.text() == text);
  }
  GIVEN("members of the wrong kind") {
    auto x = parse_resource(
      parsed(R"({"uri":"u","name":1,"size":-5,"annotations":[],"_meta":"m"})"));
    CHECK(x.error == "");
    CHECK(x.value.name == "");
    CHECK(x.value.size == 0);
    CHECK(x.value.annotations.is_null());
    CHECK(x.value.meta.is_null());
  }
  GIVEN("no resource") {
    CHECK(parse_resource(parsed("7")).error
          == "The resource is not an object.");
    CHECK(parse_resource(parsed(R"({"name":"a"})")).error
          == "The resource has no uri.");
    CHECK(parse_resource_template(parsed("[]")).error
          == "The template is not an object.");
    CHECK(parse_resource_template(parsed(R"({"uri":"a"})")).error
          == "The template has no uriTemplate.");
  }
  GIVEN("a template") {
    auto [x, error] = parse_resource_template(
      parsed(R"({"uriTemplate":"file:///{p}","name":"n","mimeType":"m"})"));
    CHECK(error == "");
    CHECK(x.uri_template == "file:///{p}");
    CHECK(x.name == "n");
    CHECK(x.mime_type == "m");
  }
}

SCENARIO("what a resource holds is read part by part", "[offers]") {
  read_resource_result x{parsed(
    R"({"contents":[{"uri":"a","mimeType":"text/plain","text":"x"},)"
    R"({"uri":"b","blob":"AAA=","_meta":{"k":1}},{"uri":"c","text":""},7],)"
    R"("_meta":{"m":1}})")};
  auto parts = x.contents();
  REQUIRE(parts.size() == 4);
  CHECK(parts[0].text == "x");
  CHECK(parts[0].mime_type == "text/plain");
  CHECK(parts[1].uri == "b");
  CHECK(parts[1].blob == "AAA=");
  CHECK(parts[1].meta.text() == R"({"k":1})");
  CHECK(parts[3].raw.text() == "7");
  CHECK(x.text() == "x\n");
  CHECK(x.meta().text() == R"({"m":1})");
  CHECK(read_resource_result{parsed(R"({"contents":1})")}.contents().empty());
}

SCENARIO("prompts are taken as they are", "[offers]") {
  GIVEN("a prompt with arguments") {
    std::string text =
      R"({"name":"p","title":"P","description":"d","arguments":[)"
      R"({"name":"a","description":"x","required":true},{"title":"T"},)"
      R"({"name":"b","title":"B"}],"_meta":{"m":1},"new":1.0})";
    auto [x, error] = parse_prompt(parsed(text));
    REQUIRE(error == "");
    CHECK(x.name == "p");
    CHECK(x.title == "P");
    CHECK(x.description == "d");
    REQUIRE(x.arguments.size() == 2); // one has no name
    CHECK(x.arguments[0].name == "a");
    CHECK(x.arguments[0].required);
    CHECK(x.arguments[1].title == "B");
    CHECK_FALSE(x.arguments[1].required);
    CHECK(x.raw.text() == text);
  }
  GIVEN("no prompt") {
    CHECK(parse_prompt(parsed("1")).error == "The prompt is not an object.");
    CHECK(parse_prompt(parsed("{}")).error == "The prompt has no name.");
  }
  GIVEN("what a prompt says") {
    get_prompt_result x{
      parsed(R"({"description":"d","messages":[{"role":"user","content":)"
             R"({"type":"text","text":"hello"}},{"role":"assistant","content":)"
             R"({"type":"image","data":"AAA=","mimeType":"image/png"}}]})")};
    CHECK(x.description() == "d");
    auto messages = x.messages();
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].role == "user");
    CHECK(messages[0].content.text == "hello");
    CHECK(messages[1].content.mime_type == "image/png");
  }
  GIVEN("what may stand in an argument") {
    complete_result x{parsed(
      R"({"completion":{"values":["a",7,"b"],"total":20,"hasMore":true}})")};
    CHECK(x.values() == std::vector<std::string>{"a", "b"});
    CHECK(x.total() == 20);
    CHECK(x.has_more());
    CHECK(complete_result{}.values().empty());
    CHECK_FALSE(complete_result{}.has_more());
  }
}
