// Covers messages/config/redactor.hpp, messages/config/redactor_json.cpp,
// messages/config/hidden_literals.hpp, messages/config/string_matcher.hpp,
// messages/config/variables.hpp, messages/cut_text.hpp.

#include "troupe/messages/config/redactor.hpp"

#include "troupe/messages/config/variables.hpp"
#include "troupe/messages/cut_text.hpp"

#include <catch2/catch.hpp>

#include <utility>
#include <vector>

using namespace troupe;

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

redactor hiding(const pairs& what) {
  hidden_values values;
  for (auto& [value, shown] : what)
    values.hide(value, shown);
  return redactor{values};
}

const std::pair<std::string, std::string> password{"password", "${A}"};

} // namespace

SCENARIO("a redactor hides values wherever they stand", "[redactor]") {
  CHECK(redactor{}.apply("as it is") == "as it is");
  auto x = hiding({password});
  CHECK(x.apply("password, passwordpassword; Password")
        == "${A}, ${A}${A}; Password");
  CHECK(x.apply("passwor") == "passwor");
  CHECK(x.apply("") == "");
  GIVEN("a longer value with the same beginning") {
    x = hiding({password, {"password-2", "${B}"}});
    CHECK(x.apply("password-2 password-1") == "${B} ${A}-1");
  }
  GIVEN("values that overlap") {
    x = hiding({{"abcdefgh", "${A}"}, {"cdefghijklm", "${B}"}});
    CHECK(x.apply("-abcdefghijklm-") == "-${B}-");
    x = hiding({{"aaaaaaaa", "${A}"}});
    CHECK(x.apply("-aaaaaaaaaaaa-") == "-${A}-");
  }
  GIVEN("a value that ends within another, and one that is all of it") {
    x = hiding({{"xabcdefghy", "${A}"}, {"abcdefgh", "${B}"}});
    CHECK(x.apply("xabcdefghz xabcdefghy") == "x${B}z ${A}");
  }
  GIVEN("a value that is hidden twice") {
    x = hiding({password, {"password", "${B}"}});
    CHECK(x.apply("password") == "${A}");
  }
  GIVEN("a value that stands in the name of another") {
    x = hiding({password, {"VARIABLE_NAME", "${password}"}});
    CHECK(x.apply("VARIABLE_NAME") == "${password}");
  }
  GIVEN("values that are too short to be looked for") {
    x = hiding({{"", "${E}"}, {"1", "${C}"}, {"1234567", "${D}"}});
    CHECK(x.empty());
    CHECK(x.apply("1 1234567") == "1 1234567");
  }
  GIVEN("texts that were cut in the middle of a value") {
    CHECK(x.apply("it is passwor\u2026") == "it is ${A}\u2026");
    CHECK(x.apply("it is pas\u2026") == "it is pas\u2026");
    CHECK(x.apply("\u2026sword, it was") == "\u2026${A}, it was");
    CHECK(x.apply("\u2026ord\n password") == "\u2026ord\n ${A}");
    CHECK(x.apply("passing\u2026") == "passing\u2026");
    CHECK(x.apply("pass\u2026word password\u2026password")
          == "${A}\u2026${A} ${A}\u2026${A}");
    CHECK(x.apply("passworpassw\u2026") == "passwor${A}\u2026");
  }
  GIVEN("a value of several lines") {
    x = hiding({{"-----begin\r\nsecret-line\nx\n", "${KEY}"}});
    CHECK(x.apply("secret-line") == "${KEY}");
    CHECK(x.apply("-----begin x") == "${KEY} x");
  }
}

SCENARIO("the work of a redactor grows with the text alone", "[redactor]") {
  // What a search that begins anew at each byte finds hardest.
  hidden_values few, many;
  auto text = std::string(256 << 10, 'a');
  for (size_t i = 0; i < 5; ++i)
    few.hide(std::string(1000 + i, 'a') + 'b', "${A}");
  for (size_t i = 0; i < 500; ++i)
    many.hide(std::string(500 + i, 'a') + 'b', "${A}");
  for (const auto* values : {&few, &many}) {
    redactor x{*values};
    for (auto part : {text, text + "\u2026" + text}) {
      size_t steps = 0;
      CHECK(x.apply(part, &steps) != "");
      CHECK(steps <= 4 * part.size());
      steps = 0;
      CHECK(x.apply(json::from_string(part), &steps).is_string());
      CHECK(steps <= 8 * (part.size() + 2));
    }
  }
  GIVEN("a text of nothing but marks of cuts") {
    std::string marks;
    for (size_t i = 0; i < 64 << 10; ++i)
      marks += "\u2026";
    size_t steps = 0;
    CHECK(redactor{few}.apply(marks, &steps) == marks);
    CHECK(steps <= 4 * marks.size());
  }
}

SCENARIO("a redactor hides values in JSON, however they are escaped",
         "[redactor]") {
  auto shown = [](const redactor& x, std::string text) {
    return std::string{x.apply(json::trusted(std::move(text))).text()};
  };
  pairs values{{"pass/\"word", "${A}"}, {"12345678", "${N}"}};
  auto x = hiding(values);
  CHECK(shown(redactor{}, R"({"a":["as", 1.50]})") == R"({"a":["as", 1.50]})");
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
  CHECK(shown(x, text) == outcome);
  GIVEN("a value that looks like several of JSON's") {
    values.push_back({R"(b","c":"d)", "${B}"});
    CHECK(shown(hiding(values), R"({"a":"b","c":"d"})") == "null");
  }
}

SCENARIO("a redactor searches JSON in pieces of any size", "[redactor]") {
  auto x = hiding({{"se\"cret-\xF0\x9F\x98\x80!", "${A}"}});
  auto found = [&](const std::string& text, size_t piece) {
    auto value = json::trusted(text);
    redactor::search search{x, value};
    while (!search.read(piece))
      ;
    return search.found();
  };
  for (size_t piece = 1; piece < 40; ++piece) {
    CAPTURE(piece);
    CHECK(found(R"({"a":[1,"the se\"cret-\ud83d\ude00! is"]})", piece));
    CHECK(found(R"("\u0073\u0065\u0022cret-\uD83D\uDE00\u0021")", piece));
    CHECK(found("\"\\\\se\\\"cret-\xF0\x9F\x98\x80!\"", piece));
    CHECK_FALSE(found(R"("the se\\\"cret-\ud83d\ude00!")", piece));
    CHECK_FALSE(found(R"({"a":"se\"cret-\ud83d\ud83d\ude00!"})", piece));
  }
}

SCENARIO("what came out of variables can be hidden", "[redactor]") {
  server_spec spec;
  spec.name = "s";
  spec.command = "${PROGRAM}";
  spec.args = {"--token=${env:TOKEN}", "${UNSET:-a default of the file}"};
  spec.env["X"] = secret{"${INNER:-d}"};
  hidden_values values;
  auto known = [](std::string_view name) -> std::optional<std::string> {
    return name == "UNSET" ? std::nullopt
                           : std::optional{"value of " + std::string{name}};
  };
  auto outcome = resolve(spec, known, values);
  REQUIRE(outcome.ok());
  redactor hidden{values};
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
  hidden_values values;
  auto known = [](std::string_view) {
    return std::optional<std::string>{"value-of-it"};
  };
  REQUIRE(resolve(spec, known, values).ok());
  redactor hidden{values};
  CHECK(hidden.apply("Bearer literal-token") == "(header Authorization)");
  CHECK(hidden.apply("no literal-token") == "no (header Authorization)");
  CHECK(hidden.apply("'literal-key'") == "'(header X-Api-Key)'");
  CHECK(hidden.apply("Key value-of-it") == "Key ${TOKEN}");
  CHECK(hidden.apply("application/json") == "application/json");
}

SCENARIO("what stands beside variables, or in their place, is hidden",
         "[redactor]") {
  server_spec spec;
  spec.name = "s";
  spec.command = "/bin/true";
  spec.env["API_KEY"] = secret{"${UNSET:-default-key}"};
  spec.env["TOKEN"] = secret{"first-part-${SET}-last-part"};
  spec.headers["Authorization"] = secret{"Bearer ${UNSET:-default-token}"};
  hidden_values values;
  auto one_set = [](std::string_view name) {
    return name == "SET" ? std::optional<std::string>{"value-of-it"}
                         : std::nullopt;
  };
  REQUIRE(resolve(spec, one_set, values).ok());
  redactor hidden{values};
  CHECK(hidden.apply("'default-key'") == "'(env API_KEY)'");
  CHECK(hidden.apply("first-part-value-of-it-last-part")
        == "(env TOKEN)${SET}(env TOKEN)");
  CHECK(hidden.apply("Bearer default-token")
        == "Bearer (header Authorization)");
}

SCENARIO("what a url has in the open, or from variables, can be hidden",
         "[redactor]") {
  server_spec spec;
  spec.name = "s";
  spec.transport = "http";
  auto known = [](std::string_view name) -> std::optional<std::string> {
    if (name == "HOST")
      return "Private-Host.Example";
    if (name == "URL")
      return "https://User-Host.Example:99/mcp?token=From-Variable";
    return "Value%20Of%20" + std::string{name};
  };
  auto shown = [&](const std::string& url, const std::string& text) {
    spec.url = url;
    hidden_values values;
    REQUIRE(resolve(spec, known, values).ok());
    return redactor{values}.apply(text);
  };
  CHECK(shown("http://h/?api_key=a%2Fliteral+key&x=short&flag-or-token#f",
              "a%2Fliteral+key, a/literal key, short, flag-or-token, api_key")
        == "(url api_key), (url api_key), short, (url query), api_key");
  CHECK(shown("http://h/?key=${KEY}", "Value%20Of%20KEY, Value Of KEY")
        == "${KEY}, ${KEY}");
  CHECK(shown("HTTP://${HOST}:80/", "private-host.example Private-Host.Example")
        == "${HOST} ${HOST}");
  CHECK(shown("http://a.${HOST}", "at a.private-host.example")
        == "at (url host)");
  CHECK(shown("${URL}", "user-host.example said From-Variable")
        == "(url host) said (url query)");
  CHECK(shown("http://Open.Example", "open.example") == "open.example");
}
