// Covers messages/config/variables.hpp, messages/config/rules.cpp.

#include "troupe/messages/config/config.hpp"
#include "troupe/messages/config/variables.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace troupe;

namespace {

std::optional<std::string> look_up(std::string_view name) {
  if (name == "A")
    return "1";
  if (name == "NESTED")
    return "${A}";
  if (name == "EMPTY")
    return "";
  if (name == "_x9")
    return "under";
  return std::nullopt;
}

server_spec spec() {
  server_spec x;
  x.name = "s";
  x.command = "c";
  return x;
}

// What an argument becomes, or why it does not.
std::string resolved(const std::string& argument) {
  auto x = spec();
  x.args = {"first", argument};
  auto outcome = resolve(x, look_up);
  if (outcome.ok())
    return outcome.value.args[1];
  CHECK(outcome.error.code == errc::invalid_spec);
  CHECK(outcome.error.what_became == fate::not_sent);
  return "! " + outcome.error.text;
}

} // namespace

SCENARIO("S62: variables are replaced at each start", "[config]") {
  auto [text, outcome] = GENERATE(table<std::string, std::string>({
    {"${A}", "1"},
    {"${env:A}", "1"},
    {"x${A}y${A}${_x9}", "x1y1under"},
    {"${EMPTY}", ""},
    {"${NESTED}", "${A}"},
    {"${UNSET:-}", ""},
    {"${UNSET:-some thing:-}", "some thing:-"},
    {"${env:UNSET:-d}", "d"},
    {"${A:-d}", "1"},
    {"${EMPTY:-d}", "d"},
    {"${UNSET:-${A}", "${A"},
    {"", ""},
    {"$A $$ $ {A} ${", "$A $$ $ {A} ${"},
    {"${}", "${}"},
    {"${1}", "${1}"},
    {"${A%%.*}", "${A%%.*}"},
    {"${ A }", "${ A }"},
    {"${A", "${A"},
    {"; touch X $(id) `id`", "; touch X $(id) `id`"},
    {"${UNSET}", "! server 's': args[1]: the variable UNSET is not set"},
    {"${env:UNSET}", "! server 's': args[1]: the variable UNSET is not set"},
    {"${input:token}",
     "! server 's': args[1]: ${input:token} is not a supported variable"},
    {"${env:}", "! server 's': args[1]: ${env:} is not a supported variable"},
    {"${A:0:3}", "! server 's': args[1]: ${A:0:3} is not a supported variable"},
  }));
  CAPTURE(text);
  CHECK(resolved(text) == outcome);
}

SCENARIO("variables are replaced in each field that is passed on", "[config]") {
  GIVEN("a specification with a variable in each") {
    auto x = spec();
    x.command = "/bin/${_x9}";
    x.args = {"${A}"};
    x.env = {{"K", secret{"k${A}"}}};
    x.cwd = "/${A}";
    x.url = "http://${A}";
    x.headers = {{"H", secret{"Bearer ${A}"}}};
    auto [value, error] = resolve(x, look_up);
    REQUIRE_FALSE(error);
    THEN("each has its value, and the rest stays") {
      CHECK(value.command == "/bin/under");
      CHECK(value.args == std::vector<std::string>{"1"});
      CHECK(value.env.at("K").reveal() == "k1");
      CHECK(value.cwd == "/1");
      CHECK(value.url == "http://1");
      CHECK(value.headers.at("H").reveal() == "Bearer 1");
      CHECK(value.name == "s");
    }
  }
  GIVEN("a variable that is not set") {
    auto error_of = [](auto change) {
      auto x = spec();
      change(x);
      return resolve(x, look_up).error.text;
    };
    THEN("the error names server, field and variable") {
      auto tail = ": the variable NO is not set";
      CHECK(error_of([](auto& x) { x.command = "${NO}"; })
            == std::string{"server 's': command"} + tail);
      CHECK(error_of([](auto& x) { x.env["K"] = secret{"${NO}"}; })
            == std::string{"server 's': env.K"} + tail);
      CHECK(error_of([](auto& x) { x.cwd = "${NO}"; })
            == std::string{"server 's': cwd"} + tail);
      CHECK(error_of([](auto& x) { x.url = "${NO}"; })
            == std::string{"server 's': url"} + tail);
      CHECK(error_of([](auto& x) { x.headers["H"] = secret{"${NO}"}; })
            == std::string{"server 's': headers.H"} + tail);
    }
  }
  GIVEN("values that make the specification unusable") {
    auto x = spec();
    x.command = "${EMPTY}";
    CHECK(resolve(x, look_up).error.text == "server 's': command is missing");
    auto hostile = [](std::string_view) { return std::string{"a\x1B[2J"}; };
    CHECK(resolve(x, hostile).error.text.find("command holds control")
          != std::string::npos);
  }
  GIVEN("a variable that changes between two starts") {
    std::string now = "old";
    auto x = spec();
    x.args = {"${T}"};
    auto changing = [&](std::string_view) { return now; };
    CHECK(resolve(x, changing).value.args[0] == "old");
    now = "new";
    CHECK(resolve(x, changing).value.args[0] == "new");
  }
}

SCENARIO("a specification is judged without a file, too", "[config]") {
  auto x = spec();
  CHECK_FALSE(validate(x));
  auto refused = [](server_spec y) {
    auto found = validate(y);
    return found ? found->text : "";
  };
  SECTION("an embedder's NaN") {
    x.restart.backoff_factor = std::nan("");
    CHECK(refused(x)
          == "server 's': restart.backoff_factor must be from 1 to "
             "100");
    x = spec();
    x.restart.jitter = std::nan("");
    CHECK(refused(x) == "server 's': restart.jitter must be from 0 to 1");
  }
  SECTION("negative times") {
    x.timeouts.drain = milliseconds{-1};
    CHECK(refused(x).find("timeouts.drain") != std::string::npos);
  }
  SECTION("another transport") {
    x.transport = "http";
    CHECK(validate(x)->code == errc::invalid_spec);
  }
}
