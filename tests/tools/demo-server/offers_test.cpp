// Covers tools/demo-server/offers.hpp.

#include "troupe/tests/tools/demo-server/demo_server.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

/// What the prompt says.
std::string greeting(const json& result) {
  auto messages = result.find("messages").value_or(json{}).items();
  auto content = messages.empty() ? std::nullopt : messages[0].find("content");
  auto text = content ? content->find("text") : std::nullopt;
  return text ? text->as_string().value_or("") : "";
}

std::string params_with(const char* capabilities, const std::string& rest) {
  return R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
         R"("io.modelcontextprotocol/clientCapabilities":)"
         + std::string{capabilities} + "}," + rest + '}';
}

} // namespace

SCENARIO("the demo server has something to read", "[demo-server]") {
  demo_server server;
  server.initialize();
  CHECK(server.result("resources/list").text().find("demo:readme")
        != std::string_view::npos);
  CHECK(server.result("resources/templates/list").text().find("{text}")
        != std::string_view::npos);
  CHECK(server.result("resources/read", R"({"uri":"demo:readme"})")
          .text()
          .find("This is the demo server.")
        != std::string_view::npos);
  CHECK(server.result("resources/read", R"({"uri":"demo:text/abc"})")
          .text()
          .find(R"("text":"abc")")
        != std::string_view::npos);
}

SCENARIO("the demo server greets, and asks whom", "[demo-server]") {
  std::string greet = R"("name":"greet")";
  GIVEN("a client that gives a name, or cannot be asked") {
    demo_server server;
    server.initialize();
    CHECK(greeting(server.result("prompts/get", "{" + greet + "}"))
          == "Please greet a stranger.");
    CHECK(greeting(server.result(
            "prompts/get", "{" + greet + R"(,"arguments":{"name":"Ann"}})"))
          == "Please greet Ann.");
  }
  GIVEN("a legacy client that can be asked") {
    demo_server server;
    server.result("initialize",
                  R"({"protocolVersion":"2025-11-25","capabilities":)"
                  R"({"elicitation":{}},"clientInfo":{"name":"x",)"
                  R"("version":"1"}})");
    server.send(json_rpc::format_notification("notifications/initialized", {}));
    auto id = server.ask("prompts/get", "{" + greet + "}");
    auto question = json_rpc::parse(server.line().value_or(""));
    auto& asked = std::get<json_rpc::request>(question.messages.at(0));
    CHECK(asked.method == "elicitation/create");
    server.send(json_rpc::format_result(
      asked.id,
      json::trusted(R"({"action":"accept","content":{"name":"Eve"}})")));
    auto said = std::get<json_rpc::result>(server.answer(id));
    CHECK(greeting(said.value) == "Please greet Eve.");
  }
  GIVEN("a modern client that can be asked") {
    demo_server server;
    auto can = R"({"elicitation":{"form":{}}})";
    auto first = server.result("prompts/get", params_with(can, greet));
    CHECK(first.find("resultType")->as_string() == "input_required");
    CHECK(first.find("requestState")->as_string() == "asked");
    CHECK(first.find("inputRequests")->find("name").has_value());
    THEN("its second request brings the answer") {
      auto second = server.result(
        "prompts/get",
        params_with(can, greet
                           + R"(,"requestState":"asked","inputResponses":)"
                             R"({"name":{"action":"accept",)"
                             R"("content":{"name":"Bob"}}})"));
      CHECK(greeting(second) == "Please greet Bob.");
    }
  }
}
