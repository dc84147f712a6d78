// Covers messages/input_result.hpp, messages/elicitation.hpp,
// messages/sampling.hpp, messages/roots.hpp, messages/mcp.hpp.
// What handlers answer, against the official schemas of both dialects.

#include "troupe/messages/failure.hpp"
#include "troupe/messages/input_result.hpp"
#include "troupe/tests/support/json_schema.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace troupe;
using namespace troupe::test;

using kind = server_request::kind;

namespace {

/// Checks a result against the definition of that name.
void check_fits(std::string_view definition, const json& x) {
  for (std::string version : {"2025-11-25", "2026-07-28"}) {
    json_schema schema{TROUPE_TEST_SCHEMAS "/" + version + ".json"};
    INFO(version << ": " << x.text());
    CHECK(schema.fault(definition, x) == "");
  }
}

/// The JSON of a result that answers such a request, or why it does not.
std::string written(const input_result& x, kind asked) {
  auto fault = x.fault_for(asked);
  return fault.empty() ? std::string{x.value().text()} : fault;
}

std::string checked(const elicit_result& x) {
  if (fault_of(x).empty())
    check_fits("ElicitResult", to_json(x));
  return written(x, kind::elicitation);
}

std::string checked(const create_message_result& x) {
  if (fault_of(x).empty())
    check_fits("CreateMessageResult", to_json(x));
  return written(x, kind::sampling);
}

std::string checked(const list_roots_result& x) {
  if (fault_of(x).empty())
    check_fits("ListRootsResult", to_json(x));
  return written(x, kind::roots);
}

/// What a handler writes.
answer<input_result> handled(kind asked) {
  switch (asked) {
    case kind::elicitation:
      return elicit_result{elicit_action::accept, {{"name", "Eve"}}};
    case kind::sampling:
      return create_message_result{"assistant", {text_content("Yes.")}, "none"};
    case kind::roots: return list_roots_result{{{"file:///tmp"}}};
  }
  return failure{errc::not_supported, fate::refused, "no"};
}

const json meta = json::trusted(R"({"m":1})");
const json list = json::trusted("[]");

} // namespace

TEST_CASE("the schemas that results are checked against reject others",
          "[input]") {
  json_schema schema{TROUPE_TEST_SCHEMAS "/2025-11-25.json"};
  auto fault = [&schema](std::string_view definition, std::string text) {
    return schema.fault(definition, json::parse(std::move(text)).value);
  };
  CHECK(fault("ElicitResult", R"({"action":"accept"})") == "");
  CHECK(fault("ElicitResult", R"({"action":"yes"})") != "");
  CHECK(fault("ElicitResult", "{}") != "");
  CHECK(fault("ElicitResult", R"({"action":"accept","content":{"a":{}}})")
        != "");
  CHECK(fault("ListRootsResult", R"({"roots":[{"name":"n"}]})") != "");
  CHECK(fault("CreateMessageResult",
              R"({"role":"assistant","model":"m","content":{"type":"text"}})")
        != "");
}

SCENARIO("the answer of a user is written as MCP has it", "[input]") {
  CHECK(checked(elicit_result{}) == R"({"action":"cancel"})");
  CHECK(checked(elicit_result{elicit_action::decline, {{"a", "b"}}})
        == R"({"action":"decline"})");
  CHECK(checked(elicit_result{elicit_action::accept})
        == R"({"action":"accept"})");
  CHECK(checked(elicit_result{elicit_action::accept,
                              {{"name", "Eve"},
                               {"age", 30},
                               {"sure", true},
                               {"colors", json_array({"r", "g"})}},
                              meta})
        == R"({"action":"accept","content":{"name":"Eve","age":30,)"
           R"("sure":true,"colors":["r","g"]},"_meta":{"m":1}})");
  CHECK(checked(elicit_result{elicit_action::accept, R"({"a":1})"})
        == R"({"action":"accept","content":{"a":1}})");
  GIVEN("content that is none") {
    CHECK(checked(elicit_result{elicit_action::accept, {{"n", std::nan("")}}})
          == "the handler's answer to elicitation/create has content whose "
             "fields have a number that is not finite at 'n'");
    CHECK(checked(elicit_result{elicit_action::accept, {}, list})
          == "the handler's answer to elicitation/create has a meta that is no "
             "object");
  }
}

SCENARIO("the answer of a model is written as MCP has it", "[input]") {
  CHECK(checked(create_message_result{
          "assistant", {text_content("Yes.")}, "m-1", "endTurn", meta})
        == R"({"role":"assistant","content":{"type":"text","text":"Yes."},)"
           R"("model":"m-1","stopReason":"endTurn","_meta":{"m":1}})");
  GIVEN("several pieces, one of which is no type of ours") {
    content_block use;
    use.raw = json::trusted(
      R"({"type":"tool_use","id":"1","name":"t","input":{"a":1}})");
    content_block image;
    image.type = "image";
    image.data = "AAAA";
    image.mime_type = "image/png";
    image.annotations = json::trusted(R"({"priority":1})");
    image.meta = meta;
    CHECK(checked(create_message_result{"assistant", {use, image}, "m"})
          == R"({"role":"assistant","content":[)"
             R"({"type":"tool_use","id":"1","name":"t","input":{"a":1}},)"
             R"({"type":"image","data":"AAAA","mimeType":"image/png",)"
             R"("annotations":{"priority":1},"_meta":{"m":1}}],"model":"m"})");
  }
  GIVEN("what cannot be sent") {
    auto told = [](std::string role, std::vector<content_block> content,
                   std::string model, json about = {}) {
      return fault_of(create_message_result{role, content, model, {}, about});
    };
    auto yes = text_content("Yes.");
    CHECK(told("assistant", {yes}, "m") == "");
    CHECK(told("system", {yes}, "m")
          == "is of neither the user nor the assistant");
    CHECK(told("user", {}, "m") == "has no content");
    CHECK(told("user", {yes}, "") == "names no model");
    CHECK(told("user", {yes}, "m", list) == "has a meta that is no object");
    CHECK(told("user", {yes, content_block{"tool_use"}}, "m")
          == "has a content block (1) that is no text, image or audio, and has "
             "no raw");
  }
}

SCENARIO("folders are written as MCP has them", "[input]") {
  CHECK(checked(list_roots_result{}) == R"({"roots":[]})");
  CHECK(
    checked(list_roots_result{{{"file:///a", "A", meta}, {"file:///b"}}, meta})
    == R"({"roots":[{"uri":"file:///a","name":"A","_meta":{"m":1}},)"
       R"({"uri":"file:///b"}],"_meta":{"m":1}})");
  auto told = [](std::string uri, json about = {}) {
    return fault_of(list_roots_result{{{"file:///a"}, {uri, "", about}}});
  };
  CHECK(told("/tmp") == "has a root (1) whose uri is no file:// URI");
  CHECK(told("file:///\xFF") == "has a root (1) whose uri is not UTF-8");
  CHECK(told("file:///b", list) == "has a root (1) whose meta is no object");
}

SCENARIO("an answer fits one kind of request", "[input]") {
  GIVEN("what handlers return") {
    for (auto asked : {kind::elicitation, kind::sampling, kind::roots}) {
      auto x = handled(asked);
      REQUIRE(x.ok());
      CHECK(x.value.fault_for(asked) == "");
    }
    CHECK(handled(kind::elicitation).value.fault_for(kind::sampling)
          == "the handler's answer to sampling/createMessage is an "
             "elicit_result, not a create_message_result");
    CHECK(handled(kind::sampling).value.fault_for(kind::roots)
          == "the handler's answer to roots/list is a create_message_result, "
             "not a list_roots_result");
    CHECK(handled(kind::roots).value.fault_for(kind::elicitation)
          == "the handler's answer to elicitation/create is a "
             "list_roots_result, not an elicit_result");
  }
  GIVEN("JSON") {
    answer<input_result> x = json::trusted(R"({"roots":[],"more":1})");
    REQUIRE(x.ok());
    CHECK(x.value.fault_for(kind::roots) == "");
    CHECK(x.value.value().text() == R"({"roots":[],"more":1})");
    CHECK(input_result{list}.fault_for(kind::roots)
          == "the handler's answer to roots/list is not an object");
    CHECK(input_result{}.fault_for(kind::roots)
          == "the handler's answer to roots/list is not an object");
  }
  GIVEN("a failure") {
    answer<input_result> x = failure{errc::cancelled, fate::refused, "no"};
    CHECK_FALSE(x.ok());
  }
}
