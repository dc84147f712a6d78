// Covers tools/troupe/cli_actors.hpp.
// The program's own actors, on the test's thread.

#include "troupe/tests/support/registry_fixture.hpp"
#include "troupe/tools/troupe/cli_actors.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct caller_fixture : registry_fixture {
  std::vector<answer<call_tool_result>> answers;
  int progress = 0;

  caf::actor make_call() {
    auto who = system.spawn<cli::caller>(
      registry_handle, "a", call_tool{"echo", {}},
      [this](answer<call_tool_result> x) { answers.push_back(std::move(x)); },
      [this](const call_progress&) { ++progress; });
    adopt(who);
    return who;
  }

  void cancel(const caf::actor& who) {
    tell_anon(who, cancel_call{1});
  }
};

} // namespace

SCENARIO_METHOD(caller_fixture, "a call of the program is made once",
                "[cli_actors]") {
  apply({spec()});
  make_call();
  settle();
  REQUIRE(answers.size() == 1);
  CHECK(answers.front().ok());
  CHECK(server().executed["echo"] == 1);
}

SCENARIO_METHOD(caller_fixture,
                "a call that is cancelled before its server was found does "
                "not run",
                "[cli_actors]") {
  apply({spec()});
  auto who = make_call();
  WHEN("the registry has not answered yet") {
    cancel(who);
    settle();
    THEN("it is cancelled, once, and was not sent") {
      REQUIRE(answers.size() == 1);
      CHECK(answers.front().error.code == errc::cancelled);
      CHECK(answers.front().error.what_became == fate::not_sent);
      CHECK(server().executed.empty());
    }
  }
  WHEN("the answer of the registry is on its way") {
    scheduler.run_once(); // it asks
    scheduler.run_once(); // it is answered
    cancel(who);
    settle();
    THEN("it has one answer, and what it says is true") {
      REQUIRE(answers.size() == 1);
      auto& x = answers.front();
      auto not_sent = !x.ok() && x.error.what_became == fate::not_sent;
      CHECK(server().executed["echo"] == (not_sent ? 0 : 1));
    }
  }
}

SCENARIO_METHOD(caller_fixture, "a call that runs can be cancelled",
                "[cli_actors]") {
  apply({spec()});
  server().answers_calls = false;
  auto who = make_call();
  settle();
  REQUIRE(server().executed["echo"] == 1);
  server().progress(server().open_calls.front(), 1);
  settle();
  CHECK(progress == 1);
  cancel(who);
  settle();
  REQUIRE(answers.size() == 1);
  CHECK(answers.front().error.code == errc::cancelled);
  CHECK(answers.front().error.what_became == fate::outcome_unknown);
  CHECK(server().cancels() == 1);
}
