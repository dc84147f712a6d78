// Covers messages/elicitation.hpp, messages/form_field.hpp.

#include "troupe/messages/elicitation.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

json parsed(std::string text) {
  auto outcome = json::parse(std::move(text));
  if (!outcome.ok())
    throw std::runtime_error(outcome.error.text());
  return outcome.value;
}

/// The form's content, or the fault.
std::string filled(std::string schema, std::string content) {
  auto x = fill_form(parsed(std::move(schema)), parsed(std::move(content)));
  return x.fault.empty() ? std::string{x.value.text()} : x.fault;
}

/// The fault of a field `f` of that schema; empty if it takes the value.
std::string fault(std::string field, std::string value) {
  return fill_form(parsed(R"({"properties":{"f":)" + std::move(field) + "}}"),
                   parsed(R"({"f":)" + std::move(value) + "}"))
    .fault;
}

std::string completed(std::string params, std::string result) {
  auto x =
    complete_elicitation(parsed(std::move(params)), parsed(std::move(result)));
  return x.fault.empty() ? std::string{x.value.text()} : x.fault;
}

} // namespace

SCENARIO("fields that are left out get their defaults", "[elicitation]") {
  std::string schema =
    R"({"type":"object","properties":{)"
    R"("name":{"type":"string","default":"John Doe"},)"
    R"("age":{"type":"integer","default":30},)"
    R"("score":{"type":"number","default":95.50},)"
    R"("status":{"type":"string","enum":["active","off"],"default":"active"},)"
    R"("verified":{"type":"boolean","default":true},)"
    R"("colors":{"type":"array","items":{"enum":["r","g"]},"default":["g"]},)"
    R"("note":{"type":"string"}},"required":[]})";
  GIVEN("nothing filled in") {
    THEN("each default stands there as it was written") {
      auto all = R"({"name":"John Doe","age":30,"score":95.50,)"
                 R"("status":"active","verified":true,"colors":["g"]})";
      CHECK(filled(schema, "{}") == all);
      CHECK(filled(schema, "null") == all);
    }
  }
  GIVEN("some fields filled in, falsy ones too") {
    CHECK(filled(schema, R"({"age":0,"verified":false,"name":"","note":"n",)"
                         R"("score":null})")
          == R"({"name":"","age":0,"score":95.50,"status":"active",)"
             R"("verified":false,"colors":["g"],"note":"n"})");
  }
  GIVEN("fields that the form does not have") {
    THEN("they are never sent") {
      CHECK(filled(R"({"properties":{"a":{"type":"string"}}})",
                   R"({"a":"x","password":"y"})")
            == R"({"a":"x"})");
      CHECK(filled("{}", R"({"a":"x"})") == "{}");
    }
  }
  GIVEN("a default that its own schema does not take") {
    CHECK(
      filled(R"({"properties":{"a":{"type":"integer","default":"x"}}})", "{}")
      == "{}");
    CHECK(filled(R"({"properties":{"a":{"type":"integer","default":"x"}},)"
                 R"("required":["a"]})",
                 "{}")
          == "The field 'a' is missing.");
  }
}

SCENARIO("what does not fit a form is not sent", "[elicitation]") {
  GIVEN("a required field without a default") {
    std::string schema = R"({"properties":{"a":{"type":"string"},)"
                         R"("b":{"type":"string"}},"required":["a"]})";
    CHECK(filled(schema, R"({"b":"x"})") == "The field 'a' is missing.");
    CHECK(filled(schema, R"({"a":""})") == R"({"a":""})");
  }
  GIVEN("content that is no object") {
    CHECK(filled("{}", "[]") == "The content is not an object.");
  }
  GIVEN("values of each kind of field") {
    CHECK(fault(R"({"type":"string"})", "1")
          == "The field 'f' is not a string.");
    CHECK(fault(R"({"type":"boolean"})", "1") != "");
    CHECK(fault(R"({"type":"boolean"})", "false") == "");
    CHECK(fault(R"({"type":"number"})", R"("1")") != "");
    CHECK(fault(R"({"type":"number"})", "1.5") == "");
    CHECK(fault(R"({"type":"integer"})", "1.5") != "");
    CHECK(fault(R"({"type":"integer"})", "2.0") == "");
    CHECK(fault(R"({"type":"integer","minimum":0})", "-1") != "");
    CHECK(fault(R"({"type":"number","maximum":2.5})", "2.5") == "");
    CHECK(fault(R"({"type":"number","maximum":2.5})", "2.6") != "");
    CHECK(fault(R"({"type":"integer"})", "1e300") != "");
    CHECK(fault("{}", R"({"x":1})") != "");
    CHECK(fault("true", "1") == "");
  }
  GIVEN("lengths, which count characters and not bytes") {
    std::string field = R"({"type":"string","minLength":2,"maxLength":3})";
    CHECK(fault(field, "\"\u00e4\"") != "");
    CHECK(fault(field, "\"\u00e4\u00f6\u00fc\"") == "");
    CHECK(fault(field, R"("abcd")") != "");
  }
  GIVEN("choices") {
    CHECK(fault(R"({"type":"string","enum":["a"]})", R"("b")") != "");
    CHECK(fault(R"({"enum":["a"]})", R"("b")") != "");
    auto titled = R"({"type":"string","oneOf":[{"const":"a","title":"A"}]})";
    CHECK(fault(titled, R"("a")") == "");
    CHECK(fault(titled, R"("A")") != "");
    auto many = R"({"type":"array","minItems":1,"maxItems":2,)"
                R"("items":{"anyOf":[{"const":"a"},{"const":"b"}]}})";
    CHECK(fault(many, R"(["a","b"])") == "");
    CHECK(fault(many, "[]") != "");
    CHECK(fault(many, R"(["a","b","a"])") != "");
    CHECK(fault(many, R"(["c"])") != "");
    CHECK(fault(many, R"("a")") != "");
  }
  GIVEN("formats") {
    auto of = [](std::string name, std::string text) {
      return fault(R"({"type":"string","format":")" + name + R"("})",
                   "\"" + text + "\"");
    };
    CHECK(of("email", "a@b.c") == "");
    CHECK(of("email", "a.b.c") == "The field 'f' is not a valid email.");
    CHECK(of("uri", "https://a") == "");
    CHECK(of("uri", "a b") != "");
    CHECK(of("date", "2026-07-28") == "");
    CHECK(of("date", "2026-7-28") != "");
    CHECK(of("date", "2026-07-28T") != "");
    CHECK(of("date-time", "2026-07-28T00:00:00Z") == "");
    CHECK(of("date-time", "2026-07-28") != "");
    CHECK(of("whatever", "x") == "");
  }
}

SCENARIO("only an accepted form carries content", "[elicitation]") {
  std::string params = R"({"message":"m","requestedSchema":{"properties":)"
                       R"({"a":{"type":"string","default":"d"}}}})";
  CHECK(completed(params, R"({"action":"accept"})")
        == R"({"action":"accept","content":{"a":"d"}})");
  CHECK(completed(params, R"({"action":"accept","content":{"a":"x","b":1},)"
                          R"("_meta":{"m":1},"more":2})")
        == R"({"action":"accept","content":{"a":"x"},"_meta":{"m":1}})");
  CHECK(completed(params, R"({"action":"decline","content":{"a":"x"}})")
        == R"({"action":"decline"})");
  CHECK(completed(params, R"({"action":"cancel"})")
        == R"({"action":"cancel"})");
  CHECK(completed(params, R"({"action":"accept","content":{"a":1}})")
        == "The field 'a' is not a string.");
  CHECK(completed(params, R"({"action":"yes"})")
        == "The action is not accept, decline or cancel.");
  CHECK(completed(params, "7") != "");
  CHECK(completed(R"({"mode":"url","url":"https://a"})",
                  R"({"action":"accept","content":{"a":"x"}})")
        == R"({"action":"accept"})");
  CHECK(is_url_elicitation(parsed(R"({"mode":"url"})")));
  CHECK_FALSE(is_url_elicitation(parsed(R"({"mode":"form"})")));
  CHECK_FALSE(is_url_elicitation(parsed("{}")));
}
