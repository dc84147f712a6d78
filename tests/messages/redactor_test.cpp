#include "messages/redactor.hpp"

#include "messages/config.hpp"
#include "messages/cut_text.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

SCENARIO("a redactor hides values wherever they stand", "[redactor]") {
  redactor x;
  CHECK(x.apply("as it is") == "as it is");
  x.hide("password", "${A}");
  CHECK(x.apply("password, passwordpassword; Password")
        == "${A}, ${A}${A}; Password");
  CHECK(x.apply("passwor") == "passwor");
  CHECK(x.apply("") == "");
  GIVEN("a longer value with the same beginning") {
    x.hide("password-2", "${B}");
    CHECK(x.apply("password-2 password-1") == "${B} ${A}-1");
  }
  GIVEN("a value that stands in the name of another") {
    x.hide("VARIABLE_NAME", "${password}");
    CHECK(x.apply("VARIABLE_NAME") == "${password}");
  }
  GIVEN("values that are too short to be looked for") {
    x.hide("", "${E}");
    x.hide("1", "${C}");
    x.hide("1234567", "${D}");
    CHECK(x.apply("1 1234567") == "1 1234567");
  }
  GIVEN("texts that were cut in the middle of a value") {
    CHECK(x.apply("it is passwor\u2026") == "it is ${A}\u2026");
    CHECK(x.apply("it is pas\u2026") == "it is pas\u2026");
    CHECK(x.apply("\u2026sword, it was") == "\u2026${A}, it was");
    CHECK(x.apply("\u2026ord\n password") == "\u2026ord\n ${A}");
    CHECK(x.apply("passing\u2026") == "passing\u2026");
  }
  GIVEN("a value of several lines") {
    x.hide("-----begin\r\nsecret-line\nx\n", "${KEY}");
    CHECK(x.apply("secret-line") == "${KEY}");
    CHECK(x.apply("-----begin x") == "${KEY} x");
  }
}

SCENARIO("a redactor hides values in JSON, however they are escaped",
         "[redactor]") {
  redactor x;
  auto shown = [&](std::string text) {
    return std::string{x.apply(json::trusted(std::move(text))).text()};
  };
  CHECK(shown(R"({"a":["as", 1.50]})") == R"({"a":["as", 1.50]})");
  x.hide("pass/\"word", "${A}");
  x.hide("12345678", "${N}");
  auto [text, outcome] = GENERATE(table<std::string, std::string>({
    {R"("pass/\"word")", R"("${A}")"},
    {R"({"a":["is pass\/\u0022word."], "b":{"pass/\"word":1.50}})",
     R"({"a":["is ${A}."], "b":{"${A}":1.50}})"},
    {R"({"a":"\u00e9", "b":"\\"})", R"({"a":"\u00e9", "b":"\\"})"},
    {R"("a 12345678")", R"("a ${N}")"},
    {R"({"a":12345678})", "null"},
    {R"({"pass/\"word":1,"${A}":2})", "null"},
    {"null", "null"},
  }));
  CHECK(shown(text) == outcome);
  GIVEN("a value that looks like several of JSON's") {
    x.hide(R"(b","c":"d)", "${B}");
    CHECK(shown(R"({"a":"b","c":"d"})") == "null");
  }
}

SCENARIO("what came out of variables can be hidden", "[redactor]") {
  server_spec spec;
  spec.name = "s";
  spec.command = "${PROGRAM}";
  spec.args = {"--token=${env:TOKEN}", "${UNSET:-a default of the file}"};
  spec.env["X"] = secret{"${INNER:-d}"};
  redactor hidden;
  auto known = [](std::string_view name) -> std::optional<std::string> {
    return name == "UNSET" ? std::nullopt
                           : std::optional{"value of " + std::string{name}};
  };
  auto outcome = resolve(spec, known, hidden);
  REQUIRE(outcome.ok());
  CHECK(outcome.value.args[0] == "--token=value of TOKEN");
  CHECK(hidden.apply("value of PROGRAM, value of TOKEN, value of INNER")
        == "${PROGRAM}, ${TOKEN}, ${INNER}");
  CHECK(hidden.apply("a default of the file") == "a default of the file");
}

SCENARIO("a text is cut between two characters, and says so", "[redactor]") {
  CHECK(cut_text("as it is", 8) == "as it is");
  CHECK(cut_text("as it is", 7) == "as it i\u2026");
  CHECK(cut_text("caf\u00e9!", 4) == "caf\u2026");
  CHECK(cut_text("\x80\x80\x80", 2) == "\u2026");
  CHECK(cut_text("", 0).empty());
}

SCENARIO("values that the file has as they are can be hidden in headers",
         "[redactor]") {
  server_spec spec;
  spec.name = "s";
  spec.transport = "http";
  spec.url = "https://127.0.0.1/mcp";
  spec.headers["Authorization"] = secret{"Bearer literal-token"};
  spec.headers["X-Api-Key"] = secret{"literal-key"};
  spec.headers["X-Other"] = secret{"Key ${TOKEN}"};
  spec.headers["Accept"] = secret{"application/json"};
  redactor hidden;
  auto known = [](std::string_view) {
    return std::optional<std::string>{"value-of-it"};
  };
  REQUIRE(resolve(spec, known, hidden).ok());
  CHECK(hidden.apply("Bearer literal-token") == "(header Authorization)");
  CHECK(hidden.apply("no literal-token") == "no (header Authorization)");
  CHECK(hidden.apply("'literal-key'") == "'(header X-Api-Key)'");
  CHECK(hidden.apply("Key value-of-it") == "Key ${TOKEN}");
  CHECK(hidden.apply("application/json") == "application/json");
}
