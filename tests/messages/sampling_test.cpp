// Covers messages/sampling.hpp, messages/elicitation.hpp.
// Requests of servers for input, read as values. The good ones are examples of
// MCP's schema.

#include "troupe/messages/elicitation.hpp"
#include "troupe/messages/sampling.hpp"
#include "troupe/tests/support/json_schema.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

/// Params that fit the definition of that name.
json good(std::string_view definition, std::string text) {
  auto x = json::parse(std::move(text)).value;
  json_schema schema{TROUPE_TEST_SCHEMAS "/2026-07-28.json"};
  CHECK(schema.fault(definition, x) == "");
  return x;
}

sampling_request read_sampling(std::string text) {
  auto x =
    parse_sampling_request(good("CreateMessageRequestParams", std::move(text)));
  CHECK(x.error == "");
  return x.value;
}

std::string sampling_fault(std::string text) {
  return parse_sampling_request(json::parse(std::move(text)).value).error;
}

elicit_request read_elicitation(std::string text) {
  auto x = parse_elicit_request(good("ElicitRequestParams", std::move(text)));
  CHECK(x.error == "");
  return x.value;
}

std::string elicitation_fault(std::string text) {
  return parse_elicit_request(json::parse(std::move(text)).value).error;
}

} // namespace

SCENARIO("a request for a model's answer is read", "[sampling]") {
  GIVEN("a question") {
    auto x = read_sampling(
      R"({"messages":[{"role":"user","content":{"type":"text",)"
      R"("text":"What is the capital of France?"}}],)"
      R"("modelPreferences":{"hints":[{"name":"claude-3-sonnet"},{}],)"
      R"("intelligencePriority":0.8,"speedPriority":0.5},)"
      R"("systemPrompt":"You are a helpful assistant.","temperature":0.1,)"
      R"("stopSequences":["a","b"],"includeContext":"none",)"
      R"("metadata":{"k":1},"maxTokens":100})");
    REQUIRE(x.messages.size() == 1);
    CHECK(x.messages[0].role == "user");
    REQUIRE(x.messages[0].content.size() == 1);
    CHECK(x.messages[0].content[0].text == "What is the capital of France?");
    CHECK(x.preferences.hints == std::vector<std::string>{"claude-3-sonnet"});
    CHECK(x.preferences.intelligence_priority == 0.8);
    CHECK(x.preferences.speed_priority == 0.5);
    CHECK_FALSE(x.preferences.cost_priority);
    CHECK(x.system_prompt == "You are a helpful assistant.");
    CHECK(x.temperature == 0.1);
    CHECK(x.stop_sequences == std::vector<std::string>{"a", "b"});
    CHECK(x.include_context == "none");
    CHECK(x.metadata.text() == R"({"k":1})");
    CHECK(x.max_tokens == 100);
    CHECK(x.tools.is_null());
    CHECK(x.tool_choice.is_null());
    CHECK(x.raw.is_object());
  }
  GIVEN("a conversation with tools") {
    auto x = read_sampling(
      R"({"messages":[{"role":"assistant","content":[)"
      R"({"type":"tool_use","id":"1","name":"w","input":{"city":"Paris"}},)"
      R"({"type":"text","text":"t"}],"_meta":{"m":1}},)"
      R"({"role":"user","content":[{"type":"tool_result","toolUseId":"1",)"
      R"("content":[{"type":"text","text":"18"}]}]}],)"
      R"("tools":[{"name":"w","inputSchema":{"type":"object"}}],)"
      R"("toolChoice":{"mode":"auto"},"maxTokens":1000})");
    REQUIRE(x.messages.size() == 2);
    REQUIRE(x.messages[0].content.size() == 2);
    CHECK(x.messages[0].content[0].type == "tool_use");
    CHECK(x.messages[0].content[0].raw.find("name")->as_string() == "w");
    CHECK(x.messages[0].content[1].text == "t");
    CHECK(x.messages[0].meta.text() == R"({"m":1})");
    CHECK(x.messages[1].content[0].type == "tool_result");
    CHECK(x.tools.items().size() == 1);
    CHECK(x.tool_choice.text() == R"({"mode":"auto"})");
    CHECK_FALSE(x.temperature);
    CHECK(x.system_prompt.empty());
  }
}

SCENARIO("a request for a model's answer that is none is told", "[sampling]") {
  std::string text = R"({"type":"text","text":"t"})";
  auto with = [](const std::string& message) {
    return sampling_fault(R"({"maxTokens":1,"messages":[)" + message + "]}");
  };
  CHECK(with(R"({"role":"user","content":)" + text + "}") == "");
  CHECK(with("") == "The request has no messages.");
  CHECK(sampling_fault("7") == "The request has no messages.");
  CHECK(with("7") == "Message 1 is of neither the user nor the assistant.");
  CHECK(with(R"({"role":"user","content":)" + text
             + R"(},{"role":"system","content":)" + text + "}")
        == "Message 2 is of neither the user nor the assistant.");
  for (auto content : {"[]", "7", "[7]", "null"})
    CHECK(with(std::string{R"({"role":"user","content":)"} + content + "}")
          == "Message 1 has no content.");
  for (auto limit : {R"("maxTokens":0,)", R"("maxTokens":1.5,)", ""})
    CHECK(sampling_fault(std::string{"{"} + limit
                         + R"("messages":[{"role":"user","content":)" + text
                         + "}]}")
          == "The request has no maxTokens above zero.");
}

SCENARIO("a question to the user is read", "[elicitation]") {
  GIVEN("a form") {
    for (auto mode : {R"("mode":"form",)", ""}) {
      auto x = read_elicitation(std::string{"{"} + mode
                                + R"("message":"Who?","requestedSchema":)"
                                  R"({"type":"object","properties":{"name":)"
                                  R"({"type":"string"}}}})");
      CHECK(x.mode == elicit_request::kind::form);
      CHECK(x.message == "Who?");
      CHECK(x.requested_schema.find("properties"));
      CHECK(x.url.empty());
      CHECK(x.raw.find("message"));
    }
  }
  GIVEN("a page") {
    auto x = read_elicitation(
      R"({"mode":"url","url":"https://mcp.example.com/ui/set_api_key",)"
      R"("elicitationId":"e1","message":"Please provide your API key."})");
    CHECK(x.mode == elicit_request::kind::url);
    CHECK(x.url == "https://mcp.example.com/ui/set_api_key");
    CHECK(x.elicitation_id == "e1");
    CHECK(x.requested_schema.is_null());
  }
  GIVEN("what is none") {
    CHECK(elicitation_fault("null") == "The request has no message.");
    CHECK(elicitation_fault(R"({"message":7})")
          == "The request has no message.");
    CHECK(elicitation_fault(R"({"message":""})")
          == "The request has no requestedSchema.");
    CHECK(elicitation_fault(R"({"message":"m","mode":"url"})")
          == "The request has no url.");
    CHECK(elicitation_fault(R"({"message":"m","mode":"voice"})")
          == "The request's mode is neither form nor url.");
  }
}
