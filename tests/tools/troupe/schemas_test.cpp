// Covers tools/troupe/do_alone.cpp, tools/troupe/render_json.hpp,
// tools/troupe/render_text.hpp, actors/session/offer_pages.hpp,
// messages/mcp.hpp.
// Tools whose schemas other clients have stumbled over.

#include "troupe/tests/tools/troupe/program.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

/// Tools that are valid, each with the schema that it must be listed with.
const std::vector<std::pair<std::string, std::string>> good{
  {"plain", R"({"type":"object"})"},
  {"defs", R"({"type":"object","$defs":{"n":{"type":"number"}},)"
           R"("properties":{"x":{"$ref":"#/$defs/n"}}})"},
  {"circle", R"({"$defs":{"t":{"properties":{"t":{"$ref":"#/$defs/t"}}}},)"
             R"("$ref":"#/$defs/t"})"},
  {"any", R"({"anyOf":[{"type":"object"},true,false]})"},
  {"yes", "true"},
  {"no", "false"},
  {"parts", R"({"type":"object","properties":{"x":true,"y":false}})"},
  {"draft3",
   R"({"type":"object","properties":{"x":{"type":"string","required":true}},)"
   R"("required":true})"},
};

/// What is no tool, each with what must be said of it.
const std::vector<std::pair<std::string, std::string>> bad{
  {R"({"name":"null_schema","inputSchema":null})", "null_schema"},
  {R"({"name":"list_schema","inputSchema":[]})", "list_schema"},
  {R"({"name":"no_schema"})", "no_schema"},
  {R"({"inputSchema":{}})", "has no name"},
  {"17", "is not an object"},
};

std::string tool_text(const std::pair<std::string, std::string>& x) {
  return R"({"name":")" + x.first + R"(","inputSchema":)" + x.second + "}";
}

/// The result of `tools/list`: a bad tool after each good one.
std::string all_tools() {
  std::string result;
  for (size_t i = 0; i < good.size(); ++i) {
    result += (i == 0 ? "" : ",") + tool_text(good[i]);
    if (i < bad.size())
      result += "," + bad[i].first;
  }
  return result;
}

/// A legacy server in shell with these tools, each of which answers its name.
std::string server(const std::string& tools_file) {
  return R"sh(#!/bin/sh
answer() { printf '{"jsonrpc":"2.0","id":%s,"result":{' "$id"; }
about='"capabilities":{"tools":{}},"protocolVersion":"2025-11-25"'
info='"serverInfo":{"name":"x","version":"1"}'
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  case "$line" in
    *'"initialize"'*) answer; printf '%s,%s}}\n' "$about" "$info" ;;
    *'"tools/list"'*)
      answer; printf '"tools":['; cat ')sh"
         + tools_file + R"sh('; printf ']}}\n' ;;
    *'"tools/call"'*)
      name=$(printf '%s' "$line" | sed -n 's/.*"name":"\([^"]*\)".*/\1/p')
      answer
      printf '"content":[{"type":"text","text":"%s ran"}]}}\n' "$name" ;;
  esac
done
)sh";
}

} // namespace

SCENARIO("S45: schemas of any form are passed on, and one bad tool drops no "
         "other",
         "[troupe]") {
  troupe_world world;
  auto program =
    world.file("server", server(world.file("tools", all_tools())), 0755);
  auto config =
    world.config(R"("x":{"command":")" + program + R"(","dialect":"legacy"})");
  running_troupe run{{config}};
  run.await("x: ready");
  GIVEN("the list, as JSON") {
    auto value = world.troupe({"tools", "x", "--json"}).value();
    auto listed = value.find("servers").value_or(json{}).items().at(0);
    auto tools = listed.find("tools").value_or(json{}).items();
    auto rejected = listed.find("rejected").value_or(json{}).items();
    THEN("each good tool is there, with its schema as the server wrote it") {
      REQUIRE(tools.size() == good.size());
      for (size_t i = 0; i < good.size(); ++i)
        CHECK(tools[i].text() == tool_text(good[i]));
    }
    THEN("each bad one is named, with what is wrong with it") {
      REQUIRE(rejected.size() == bad.size());
      for (size_t i = 0; i < bad.size(); ++i)
        CHECK(has(rejected[i].as_string().value_or(""), bad[i].second));
    }
  }
  GIVEN("the list, for people") {
    auto said = world.troupe({"tools", "x"});
    CHECK(said.status == 0);
    for (auto& [name, schema] : good)
      CHECK(has(said.out, "  " + name + "  "));
    for (auto& [text, part] : bad)
      CHECK(has(said.out, part));
  }
  GIVEN("calls") {
    for (auto& [name, schema] : good)
      CHECK(world.troupe({"call", "x", name}).out == name + " ran\n");
  }
}
