// Covers messages/mcp.hpp.

#include "troupe/messages/mcp.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

json parsed(std::string text) {
  auto outcome = json::parse(std::move(text));
  if (!outcome.ok())
    throw std::runtime_error(outcome.error.text());
  return outcome.value;
}

std::string error_of(std::string text) {
  return parse_tool(parsed(std::move(text))).error;
}

} // namespace

SCENARIO("S45: tools of any schema are taken as they are", "[mcp]") {
  GIVEN("a tool with every member") {
    std::string text =
      R"({"name":"add","title":"Add","description":"Adds.","inputSchema":)"
      R"({"type":"object","$defs":{"n":{"type":"number"}},"anyOf":[true],)"
      R"("required":true},"outputSchema":{"x":9007199254740993},)"
      R"("annotations":{"title":"T","readOnlyHint":true,)"
      R"("destructiveHint":false,"idempotentHint":true,)"
      R"("openWorldHint":false},"_meta":{"m":1},"icons":[{"src":"data:,"}]})";
    auto [tool, error] = parse_tool(parsed(text));
    REQUIRE(error == "");
    THEN("its members are read") {
      CHECK(tool.name == "add");
      CHECK(tool.title == "Add");
      CHECK(tool.description == "Adds.");
      CHECK(tool.input_schema.find("required")->as_bool() == true);
      CHECK(tool.output_schema.text() == R"({"x":9007199254740993})");
      CHECK(tool.meta.text() == R"({"m":1})");
      CHECK(tool.annotations.title == "T");
      CHECK(tool.annotations.read_only_hint);
      CHECK_FALSE(tool.annotations.destructive_hint);
      CHECK(tool.annotations.idempotent_hint);
      CHECK_FALSE(tool.annotations.open_world_hint);
    }
    THEN("members unknown to us survive in its text") {
      CHECK(tool.raw.text() == text);
    }
  }
  GIVEN("boolean schemas") {
    auto [tool, error] = parse_tool(parsed(R"({"name":"x","inputSchema":true,)"
                                           R"("outputSchema":false})"));
    CHECK(error == "");
    CHECK(tool.input_schema.text() == "true");
    CHECK(tool.output_schema.text() == "false");
  }
  GIVEN("optional members of the wrong kind") {
    auto [tool, error] =
      parse_tool(parsed(R"({"name":"x","inputSchema":{},"title":1,)"
                        R"("description":null,"outputSchema":"s",)"
                        R"("annotations":{"readOnlyHint":"yes"},)"
                        R"("_meta":[]})"));
    THEN("they count as absent") {
      CHECK(error == "");
      CHECK(tool.title == "");
      CHECK(tool.description == "");
      CHECK(tool.output_schema.is_null());
      CHECK(tool.meta.is_null());
      CHECK_FALSE(tool.annotations.read_only_hint);
      CHECK(tool.annotations.destructive_hint);
    }
  }
  GIVEN("what is no tool") {
    THEN("a sentence says why") {
      CHECK(error_of("[]") == "The tool is not an object.");
      CHECK(error_of(R"({"inputSchema":{}})") == "The tool has no name.");
      CHECK(error_of(R"({"name":"","inputSchema":{}})")
            == "The tool has no name.");
      CHECK(error_of(R"({"name":5,"inputSchema":{}})")
            == "The tool has no name.");
      auto schema =
        "The tool 'x' has no inputSchema that is an object or a boolean.";
      CHECK(error_of(R"({"name":"x"})") == schema);
      CHECK(error_of(R"({"name":"x","inputSchema":null})") == schema);
      CHECK(error_of(R"({"name":"x","inputSchema":"{}"})") == schema);
    }
  }
}

SCENARIO("each kind of content is read", "[mcp]") {
  call_tool_result x{parsed(
    R"({"content":[{"type":"text","text":"a","annotations":{"priority":1}},)"
    R"({"type":"image","data":"aW1n","mimeType":"image/png"},)"
    R"({"type":"audio","data":"YXU=","mimeType":"audio/wav"},)"
    R"({"type":"resource_link","uri":"file:///l","name":"l",)"
    R"("mimeType":"text/x"},)"
    R"({"type":"resource","resource":{"uri":"file:///t",)"
    R"("mimeType":"text/plain","text":"inside"},"_meta":{"m":2}},)"
    R"({"type":"resource","resource":{"uri":"file:///b","blob":"Ymxv"}},)"
    R"({"type":"hologram","text":"no","depth":3},)"
    R"({"type":"text","text":"b"},7],)"
    R"("structuredContent":[1],"isError":true,"_meta":{"k":1}})")};
  auto blocks = x.content();
  REQUIRE(blocks.size() == 9);
  CHECK(blocks[0].text == "a");
  CHECK(blocks[0].annotations.text() == R"({"priority":1})");
  CHECK(blocks[1].data == "aW1n");
  CHECK(blocks[1].mime_type == "image/png");
  CHECK(blocks[2].data == "YXU=");
  CHECK(blocks[3].uri == "file:///l");
  CHECK(blocks[3].name == "l");
  CHECK(blocks[3].mime_type == "text/x");
  CHECK(blocks[4].uri == "file:///t");
  CHECK(blocks[4].text == "inside");
  CHECK(blocks[4].meta.text() == R"({"m":2})");
  CHECK(blocks[5].data == "Ymxv");
  CHECK(blocks[6].type == "hologram");
  CHECK(blocks[6].text == "");
  CHECK(blocks[6].raw.find("depth")->as_integer() == 3);
  CHECK(blocks[8].raw.text() == "7");
  CHECK(x.is_error());
  CHECK(x.structured_content().text() == "[1]");
  CHECK(x.meta().text() == R"({"k":1})");
  CHECK(x.text() == "a\nb");
}

SCENARIO("results of any other shape are empty, not fatal", "[mcp]") {
  for (auto text :
       {"null", "{}", "[]", R"({"content":{}})", R"({"content":[]})",
        R"({"content":null,"isError":"yes"})"}) {
    call_tool_result x{parsed(text)};
    CHECK(x.content().empty());
    CHECK(x.text() == "");
    CHECK_FALSE(x.is_error());
    CHECK(x.structured_content().is_null());
    CHECK(x.meta().is_null());
  }
}

SCENARIO("the legacy versions stand newest first", "[mcp]") {
  auto versions = legacy_versions();
  CHECK(versions.front() == latest_legacy_version);
  CHECK(versions.back() == "2024-11-05");
  CHECK(std::is_sorted(versions.rbegin(), versions.rend()));
}
