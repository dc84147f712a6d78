// Covers messages/json/jsonc.hpp, messages/config/config.hpp.

#include "troupe/messages/json/jsonc.hpp"

#include "troupe/messages/config/config.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

SCENARIO("comments and trailing commas become spaces", "[jsonc]") {
  auto [text, plain] = GENERATE(table<std::string, std::string>({
    {"", ""},
    {"{}", "{}"},
    {"// all", "      "},
    {"1//\n2", "1  \n2"},
    {"1// a \r\n2", "1     \r\n2"},
    {"/* a\n * b */1", "    \n       1"},
    {"/**/1/***/", "    1     "},
    {R"(["//","/*","*/"])", R"(["//","/*","*/"])"},
    {R"(["\"//",","] // \)", R"(["\"//",","]     )"},
    {"[1,]", "[1 ]"},
    {"{\"a\":1 , \n}", "{\"a\":1   \n}"},
    {"[[1,],]", "[[1 ] ]"},
    {"[1, // x\n /* y */ ]", "[1      \n         ]"},
    {"[1,2,]", "[1,2 ]"},
    {R"(["a",])", R"(["a" ])"},
  }));
  INFO(text);
  CHECK(without_comments(text) == plain);
}

SCENARIO("mistakes stay, at their place", "[jsonc]") {
  for (std::string text :
       {"[,]", "{,}", "[1,,]", "[,1]", R"({"a":,})", "/* no end", "/", "/ /",
        "[1,", ",", "]", "\"no end", "\"\\", "/*/", "1 / 2"}) {
    INFO(text);
    auto plain = without_comments(text);
    CHECK(plain.size() == text.size());
    CHECK(json::parse(plain).error.why != json_error::reason::none);
  }
  CHECK(without_comments("[1,,]") == "[1,,]");
  CHECK(without_comments("/*/") == "/*/");
}

SCENARIO("a configuration may have comments", "[jsonc][config]") {
  auto good = parse_config(R"(// of an editor
{
  /* servers: */ "servers": {
    "files": {
      "command": "mcp", // "command": "other",
      "args": ["http://x", "/* kept */",],
    },
  },
}
)",
                           "f");
  CHECK(good.errors.empty());
  REQUIRE(good.servers.size() == 1);
  CHECK(good.servers[0].command == "mcp");
  CHECK(good.servers[0].args
        == std::vector<std::string>{"http://x", "/* kept */"});
  GIVEN("a mistake behind comments") {
    auto bad = parse_config("// one\n/* \xc3\xbc\xc3\xbc */ {\"a\": x}", "f");
    REQUIRE(bad.errors.size() == 1);
    CHECK(bad.errors[0].text.find("line 2, column 16") == 0);
  }
  GIVEN("a comment without an end") {
    auto bad = parse_config("{}\n  /* {", "f");
    REQUIRE(bad.errors.size() == 1);
    CHECK(bad.errors[0].text.find("line 2, column 3") == 0);
  }
  GIVEN("nothing but comments") {
    CHECK(parse_config("// {}\n", "f").errors.size() == 1);
  }
}
