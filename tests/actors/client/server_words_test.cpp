// Covers actors/client/server_words.hpp, actors/client/list_search.cpp.

#include "troupe/actors/client/server_words.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

namespace {

constexpr auto secret_value = "se\"cret-value";
constexpr auto in_json = R"(se\"cret-value)";

redactor_ptr hiding() {
  hidden_values values;
  values.hide(secret_value, "${A}");
  return std::make_shared<const redactor>(values);
}

server_words words_of(redactor_ptr hidden = hiding()) {
  server_words result;
  result.begin(std::move(hidden));
  result.begin_turn();
  return result;
}

template <class T>
T redacted(server_words& words, T x) {
  session_event event{std::move(x)};
  words.redact(event);
  return std::get<T>(event);
}

failure refusal(std::string text, std::string data) {
  return {errc::server_error, fate::refused, std::move(text), -1,
          json::trusted(std::move(data))};
}

tool tool_of(const std::string& name, size_t bytes) {
  auto parsed =
    parse_tool(json::trusted(R"({"name":")" + name + R"(","inputSchema":{"x":")"
                             + std::string(bytes, 'x') + "\"}}"));
  REQUIRE(parsed.error == "");
  return parsed.value;
}

list_ended list_of(std::vector<tool> tools) {
  tool_list list;
  list.tools = std::move(tools);
  return {1, offer_kind::tools, offer_list{std::move(list)}};
}

/// Searches in turns with a full budget each; how many there were.
size_t search_all(list_search& x) {
  for (size_t turns = 1;; ++turns) {
    auto left = defaults::searched_bytes_max;
    if (x.go_on(left))
      return turns;
    REQUIRE(turns < 1000);
  }
}

std::string names_in(list_search& x) {
  std::string result;
  for (auto& tool : std::get<tool_list>(x.list().list.value).tools)
    result += (result.empty() ? "" : " ") + tool.name;
  return result;
}

} // namespace

SCENARIO("X2 in part: all that a session tells passes through server_words",
         "[words]") {
  auto words = words_of();
  std::string text = "is " + std::string{secret_value} + ".";
  std::string shown = "is ${A}.";
  session_established hello;
  hello.server = {text, text, text};
  hello.instructions = text;
  hello = redacted(words, hello);
  CHECK(hello.server.name == shown);
  CHECK(hello.server.title == shown);
  CHECK(hello.server.version == shown);
  CHECK(hello.instructions == shown);
  CHECK(redacted(words, session_failed{refusal(text, "null")}).why.text
        == shown);
  CHECK(redacted(words, request_progressed{1, 1, 1, text}).message == shown);
  CHECK(redacted(words, session_remark{{}, text}).text == shown);
  auto data = R"({"a":")" + std::string{in_json} + "\"}";
  auto answered = redacted(words, request_answered{1, {}, refusal(text, data)});
  CHECK(answered.error.text == shown);
  CHECK(answered.error.server_data.text() == R"({"a":"${A}"})");
  auto listed =
    redacted(words, list_ended{1, offer_kind::tools, refusal(text, data)});
  CHECK(listed.list.error.text == shown);
  GIVEN("a result") {
    auto result = json::trusted(data);
    CHECK(redacted(words, request_answered{1, result, {}}).result == result);
  }
  GIVEN("a question for the user") {
    auto asked = json::trusted(R"({"message":")" + std::string{in_json}
                               + R"(","url":"http://)" + in_json + "\"}");
    input_wanted event{1, server_request::kind::elicitation, asked, {}};
    CHECK(redacted(words, event).params.text()
          == R"({"message":"${A}","url":"http://)" + std::string{in_json}
               + "\"}");
    event.what = server_request::kind::sampling;
    CHECK(redacted(words, event).params == asked);
  }
}

SCENARIO("no more than a bound is searched in one turn", "[words]") {
  auto words = words_of();
  auto data = '"' + std::string(defaults::searched_bytes_max, 'x') + '"';
  GIVEN("an error with data that is too large") {
    auto x = redacted(words, request_answered{1, {}, refusal("no", data)});
    CHECK(x.error.server_data.is_null());
    CHECK(x.error.text
          == "no (its data of 65538 bytes is left out: it is too large to be "
             "searched for secrets)");
    CHECK(x.error.server_code == -1);
  }
  GIVEN("data for which the turn has no room left") {
    auto half = '"' + std::string(defaults::searched_bytes_max / 2, 'x') + '"';
    request_answered x{1, {}, refusal("no", half)};
    CHECK_FALSE(redacted(words, x).error.server_data.is_null());
    CHECK(
      redacted(words, x).error.text
      == "no (its data of 32770 bytes is left out: too much came at once to "
         "be searched for secrets)");
  }
  GIVEN("nothing that is hidden") {
    words = words_of(nullptr);
    auto x = redacted(words, request_answered{1, {}, refusal("no", data)});
    CHECK(x.error.server_data.text() == data);
    CHECK(x.error.text == "no");
  }
  GIVEN("many texts in one turn") {
    std::string text(8 << 10, 'x');
    for (int i = 0; i < 8; ++i)
      CHECK(redacted(words, session_remark{{}, text}).text == text);
    CHECK(redacted(words, session_remark{{}, text}).text == "\u2026");
    words.begin_turn();
    CHECK(redacted(words, session_remark{{}, text}).text == text);
  }
  GIVEN("long instructions") {
    session_established x;
    x.instructions = std::string(1 << 20, 'i');
    CHECK(redacted(words, x).instructions.size()
          == defaults::instructions_bytes_max + 3);
  }
}

SCENARIO("a list is searched in turns, and loses nothing by that", "[words]") {
  std::vector<tool> tools;
  for (int i = 0; i < 10; ++i)
    tools.push_back(tool_of("t" + std::to_string(i), 30 << 10));
  tools.push_back(tool_of("large", 200 << 10));
  tools.push_back(tool_of("last", 1));
  list_search x{list_of(tools), hiding(), 7};
  auto turns = search_all(x);
  CHECK(turns >= 9); // 500 KiB
  CHECK(turns <= 12);
  CHECK(x.incarnation() == 7);
  CHECK(names_in(x) == "t0 t1 t2 t3 t4 t5 t6 t7 t8 t9 large last");
  CHECK(x.names().empty());
  auto& list = std::get<tool_list>(x.list().list.value);
  for (size_t i = 0; i < tools.size(); ++i)
    CHECK(list.tools[i].raw == tools[i].raw);
  CHECK(list.rejected.empty());
  GIVEN("nothing that is hidden") {
    list_search y{list_of(tools), std::make_shared<const redactor>(), 7};
    CHECK(search_all(y) == 1);
  }
}

SCENARIO("X2 in part: a list shows no hidden value", "[words]") {
  std::string held{in_json};
  std::vector<tool> tools{tool_of("a", 1), tool_of("of " + held, 1),
                          tool_of(held + std::string(70 << 10, 'n'), 1),
                          tool_of("z", 1)};
  auto list = list_of(tools);
  std::get<tool_list>(list.list.value).rejected = {"item 9: no "
                                                   + std::string{secret_value}};
  list_search x{list, hiding(), 1};
  search_all(x);
  CHECK(names_in(x) == "a of ${A} z");
  auto& shown = std::get<tool_list>(x.list().list.value);
  CHECK(shown.tools[1].raw.text().find(held) == std::string::npos);
  CHECK(shown.rejected
        == std::vector<std::string>{"item 9: no ${A}",
                                    "1 items were left out: they hold secrets "
                                    "and cannot be shown without them"});
  shown_names names;
  CHECK(names.empty());
  names.learn(offer_kind::tools, x.names());
  CHECK_FALSE(names.empty());
  CHECK(names.real(call_tool{"of ${A}", {}}).name
        == "of " + std::string{secret_value});
  CHECK(names.real(call_tool{"a", {}}).name == "a");
  CHECK(names.real(get_prompt{"of ${A}"}).name == "of ${A}");
}
