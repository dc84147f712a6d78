// Covers actors/session/parameter_headers.hpp, actors/session/tool_headers.hpp.

#include "troupe/actors/session/parameter_headers.hpp"
#include "troupe/actors/session/tool_headers.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

using header_list = std::vector<std::pair<std::string, std::string>>;

json parsed(std::string text) {
  auto outcome = json::parse(std::move(text));
  if (!outcome.ok())
    throw std::runtime_error(outcome.error.text());
  return outcome.value;
}

bool taken(std::string schema) {
  return header_fault(parsed(std::move(schema))).empty();
}

/// A schema with these properties.
bool taken_with(const std::string& properties) {
  return taken(R"({"type":"object","properties":{)" + properties + "}}");
}

header_list headers(std::string schema, std::string arguments) {
  return parameter_headers(parsed(std::move(schema)),
                           parsed(std::move(arguments)));
}

} // namespace

SCENARIO("what stands in a header's place is checked", "[headers]") {
  GIVEN("tools without annotations") {
    CHECK(taken("{}"));
    CHECK(taken("true"));
    CHECK(taken_with(R"("a":{"type":"number"},"b":{"$ref":"#/$defs/x"})"));
  }
  GIVEN("good ones") {
    CHECK(taken_with(R"("a":{"type":"string","x-mcp-header":"Region"},)"
                     R"("b":{"type":"integer","x-mcp-header":"n-1_!"},)"
                     R"("c":{"type":"boolean","x-mcp-header":"C"})"));
    CHECK(taken_with(R"("o":{"type":"object","properties":{"a":)"
                     R"({"type":"string","x-mcp-header":"A"}}})"));
  }
  GIVEN("names that are none") {
    for (auto name :
         {R"("")", R"("My Region")", R"("Region:Primary")", "\"R\u00e9gion\"",
          R"("Region\t1")", R"("a\r\nb")", "7", "null"}) {
      INFO(name);
      CHECK_FALSE(taken_with(R"("a":{"type":"string","x-mcp-header":)"
                             + std::string{name} + "}"));
    }
  }
  GIVEN("names that are there twice, in whatever case") {
    CHECK_FALSE(
      taken_with(R"("a":{"type":"string","x-mcp-header":"MyField"},)"
                 R"("b":{"type":"string","x-mcp-header":"myfield"})"));
  }
  GIVEN("parameters of other types") {
    for (auto type : {R"("number")", R"("object")", R"("array")", R"("null")",
                      R"(["string","null"])", "7"}) {
      INFO(type);
      CHECK_FALSE(taken_with(R"("a":{"x-mcp-header":"A","type":)"
                             + std::string{type} + "}"));
    }
    CHECK_FALSE(taken_with(R"("a":{"x-mcp-header":"A"})"));
  }
  GIVEN("places that are no plain parameter") {
    std::string at = R"({"type":"string","x-mcp-header":"A"})";
    CHECK_FALSE(taken(at));
    for (auto keyword : {"items", "not", "if", "then", "else", "contains",
                         "additionalProperties", "propertyNames"}) {
      INFO(keyword);
      CHECK_FALSE(taken(R"({"properties":{"a":{"type":"array",")"
                        + std::string{keyword} + "\":" + at + "}}}"));
    }
    for (auto keyword : {"oneOf", "anyOf", "allOf", "prefixItems"}) {
      INFO(keyword);
      CHECK_FALSE(taken(R"({")" + std::string{keyword} + "\":[" + at + "]}"));
    }
    for (auto keyword :
         {"$defs", "definitions", "patternProperties", "dependentSchemas"}) {
      INFO(keyword);
      CHECK_FALSE(
        taken(R"({")" + std::string{keyword} + R"(":{"x":)" + at + "}}"));
    }
    CHECK_FALSE(taken(R"({"allOf":[{"properties":{"a":)" + at + R"(}}]})"));
  }
  GIVEN("what only looks like one") {
    CHECK(taken_with(R"("x-mcp-header":{"type":"string"})"));
    CHECK(taken_with(R"("a":{"type":"object","default":)"
                     R"({"x-mcp-header":"a b"}})"));
  }
  GIVEN("a key that is written with escapes") {
    CHECK_FALSE(taken_with(R"("a":{"type":"number","\u0078-mcp-header":"A"})"));
  }
}

SCENARIO("arguments are mirrored as the schema says", "[headers]") {
  std::string schema =
    R"({"type":"object","properties":{)"
    R"("s":{"type":"string","x-mcp-header":"Text"},)"
    R"("i":{"type":"integer","x-mcp-header":"Number"},)"
    R"("b":{"type":"boolean","x-mcp-header":"Flag"},)"
    R"("f":{"type":"number"},"o":{"type":"object","properties":{)"
    R"("s":{"type":"string","x-mcp-header":"Inner"}}}}})";
  GIVEN("values of each type") {
    CHECK(headers(schema, R"({"s":"us-west1","i":-7,"b":false,"f":1.5})")
          == header_list{{"Mcp-Param-Text", "us-west1"},
                         {"Mcp-Param-Number", "-7"},
                         {"Mcp-Param-Flag", "false"}});
    CHECK(
      headers(schema, R"({"i":1e2,"b":true})")
      == header_list{{"Mcp-Param-Number", "100"}, {"Mcp-Param-Flag", "true"}});
  }
  GIVEN("a parameter within another, and one of the same name outside") {
    CHECK(headers(schema, R"({"o":{"s":"x"}})")
          == header_list{{"Mcp-Param-Inner", "x"}});
  }
  GIVEN("values that are null or absent") {
    CHECK(headers(schema, R"({"s":null,"o":null})").empty());
    CHECK(headers(schema, "{}").empty());
    CHECK(headers(schema, "null").empty());
  }
  GIVEN("an empty string") {
    THEN("the header is there, with an empty value") {
      CHECK(headers(schema, R"({"s":""})")
            == header_list{{"Mcp-Param-Text", ""}});
    }
  }
  GIVEN("values that are no header's text") {
    CHECK(
      headers(schema, "{\"s\":\"Hello, \u4e16\u754c\"}")
      == header_list{{"Mcp-Param-Text", "=?base64?SGVsbG8sIOS4lueVjA==?="}});
    CHECK(headers(schema, R"({"s":["a"]})").empty());
  }
}

SCENARIO("values stand in headers as the specification has them", "[headers]") {
  CHECK(header_value("us-west1") == "us-west1");
  CHECK(header_value("a b  c") == "a b  c");
  CHECK(header_value("") == "");
  CHECK(header_value(" padded ") == "=?base64?IHBhZGRlZCA=?=");
  CHECK(header_value("x ") == "=?base64?eCA=?=");
  CHECK(header_value("line1\nline2") == "=?base64?bGluZTEKbGluZTI=?=");
  CHECK(header_value("a\tb") == "=?base64?YQli?=");
  CHECK(header_value("=?base64?literal?=")
        == "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=");
  CHECK(header_value("=?base64?open") == "=?base64?open");
  CHECK(header_value("\x7f") == "=?base64?fw==?=");
}
