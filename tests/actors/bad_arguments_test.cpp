// Covers actors/interfaces.hpp, actors/client/asked_call.hpp,
// actors/client/commands.cpp, actors/supervision/registry.hpp,
// actors/supervision/transport_kinds.hpp, messages/arguments.hpp.
// Wrong arguments of an agent are refused with a sentence that says which one
// is wrong.

#include "troupe/tests/support/registry_fixture.hpp"

#include <catch2/catch.hpp>

#include <cmath>

using namespace troupe;
using namespace troupe::test;

namespace {

struct arguments_fixture : registry_fixture {
  client_handle testee = open();

  template <class T>
  static void check_refused(const outcome<answer<T>>& x,
                            const std::string& text) {
    CHECK(x->error.code == errc::invalid_argument);
    CHECK(x->error.what_became == fate::not_sent);
    CHECK(x->error.text == text);
  }
};

} // namespace

SCENARIO_METHOD(arguments_fixture, "timeouts below zero are refused",
                "[arguments]") {
  call_tool what{"echo", {}};
  (GENERATE(true, false) ? what.idle_timeout : what.total_timeout) = -1ms;
  check_refused(call(testee, what), "a timeout is below zero");
  CHECK(server().executed.empty());
  check_refused(ask(testee, ensure_ready{-1ms}), "the timeout is below zero");
  check_refused(ask(testee, reload{-1ms, {}}), "the timeout is below zero");
  CHECK(status_of(testee).state == phase::ready);
}

SCENARIO_METHOD(arguments_fixture, "names that are no UTF-8 are refused",
                "[arguments]") {
  std::string bad = "ec\xFFho";
  check_refused(call(testee, {bad, {}}), "the tool's name is not UTF-8");
  CHECK(server().executed.empty());
  check_refused(ask(testee, read_resource{bad}),
                "the resource's uri is not UTF-8");
  check_refused(ask(testee, get_prompt{bad, {}}),
                "the prompt's name is not UTF-8");
  complete_argument what;
  what.prompt = "p";
  what.argument = bad;
  check_refused(ask(testee, what), "a text of the completion is not UTF-8");
}

SCENARIO_METHOD(arguments_fixture,
                "arguments that are no object are told, and not sent",
                "[arguments]") {
  GIVEN("a call whose arguments are cut") {
    call_tool what{"echo", R"({"text":"secret)"};
    auto text = "arguments cannot be read: not JSON at byte 15";
    check_refused(call(testee, what), text);
    check_refused(ask(registry_handle, by_name<call_tool>{"a", what}), text);
  }
  GIVEN("a call with a number that JSON has not") {
    check_refused(call(testee, {"echo", {{"n", std::nan("")}}}),
                  "arguments have a number that is not finite at 'n'");
  }
  GIVEN("a call before the server has started") {
    auto lazy = spec("lazy");
    lazy.lazy = true;
    check_refused(call(open(lazy), {"echo", "[]"}),
                  "arguments must be an object");
    CHECK(server("lazy").initializes == 0);
  }
  GIVEN("a prompt, and a completion") {
    check_refused(ask(testee, get_prompt{"p", "{"}),
                  "arguments cannot be read: not JSON at byte 1");
    complete_argument what{"p", "", "a", "v", "7"};
    check_refused(ask(testee, what), "the other arguments must be an object");
  }
  CHECK(server().executed.empty());
  CHECK(server().times_asked.empty());
  CHECK(status_of(testee).state == phase::ready);
}

SCENARIO_METHOD(arguments_fixture, "a call is sent with the values it has",
                "[arguments]") {
  server().answers_calls = false;
  auto pending = send_to(testee, call_tool{"echo", {{"a", 1}, {"b", "c"}}});
  settle();
  REQUIRE(server().open_calls.size() == 1);
  CHECK(server().open_calls.front().params.find("arguments")->text()
        == R"({"a":1,"b":"c"})");
  server().answer_call();
}

SCENARIO_METHOD(arguments_fixture,
                "a name that is taken is told as that, and an unknown pipe too",
                "[arguments]") {
  auto again = ask(registry_handle, open_client{spec()});
  CHECK(again->error.code == errc::invalid_argument);
  CHECK(again->error.what_became == fate::not_sent);
  CHECK(again->error.text
        == "a server called 'a' is open already: close it first, or reload it");
  auto x = spec("b");
  x.transport = "pipe";
  x.command = "nothing";
  REQUIRE(ask(registry_handle, open_client{x})->ok());
  auto ready = ask(registry_handle, by_name<ensure_ready>{"b", {}});
  CHECK(ready->error.code == errc::invalid_spec);
  CHECK(ready->error.text == "no in-process server is called 'nothing'");
}
