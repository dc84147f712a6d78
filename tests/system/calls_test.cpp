// Covers actors/session/inbound.cpp, actors/session/message_ids.hpp,
// actors/session/pending_requests.hpp, actors/session/progress.hpp,
// actors/session/open_lists.hpp, actors/session/handshake.hpp,
// actors/client/request_book.hpp.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/live_world.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace troupe;
using namespace troupe::test;

namespace {

using clock_type = std::chrono::steady_clock;

call_tool echo(const std::string& text) {
  return tool_call("echo", R"({"text":")" + text + R"("})");
}

call_tool sleep_for_ms(int ms) {
  return tool_call("sleep", R"({"ms":)" + std::to_string(ms) + "}");
}

void check_unknown(const pending<call_tool_result>& x, errc code) {
  CHECK(x->error.code == code);
  CHECK(x->error.what_became == fate::outcome_unknown);
}

} // namespace

SCENARIO("S38: wrong, double and odd ids never reach a wrong caller",
         "[system]") {
  live_world w;
  GIVEN("answers under ids that no request has") {
    w.open_ready(w.demo("a", {"--wrong-ids"}));
    auto what = echo("hello");
    what.idle_timeout = 300ms;
    std::vector<pending<call_tool_result>> calls;
    for (int i = 0; i < 5; ++i)
      calls.push_back(w.start_call("a", what));
    for (auto& x : calls)
      check_unknown(x, errc::timed_out);
    CHECK(w.status("a").late_answers >= 5);
  }
  for (auto fault : {"--duplicate-answers", "--string-ids"})
    GIVEN("a server with " << fault) {
      w.open_ready(w.demo("a", {fault}));
      std::vector<pending<call_tool_result>> calls;
      for (int i = 0; i < 50; ++i)
        calls.push_back(w.start_call("a", echo(std::to_string(i))));
      for (size_t i = 0; i < calls.size(); ++i)
        CHECK(calls[i]->value.text() == std::to_string(i));
    }
  CHECK(w.status("a").incarnation == 1);
}

SCENARIO("S39: a tool may take longer than a start", "[system]") {
  live_world w;
  auto spec = w.demo("a");
  spec.timeouts.ready = 2s;
  w.open_ready(spec);
  CHECK(w.call("a", sleep_for_ms(2500)).value.text() == "slept 2500 ms");
}

SCENARIO(
  "S39 S41: a client that gives up a call tells the server, and keeps the "
  "session",
  "[system]") {
  live_world w;
  auto what = sleep_for_ms(700);
  for (auto dialect : {dialect_choice::modern, dialect_choice::legacy}) {
    auto name = dialect == dialect_choice::modern ? "modern" : "legacy";
    INFO(name);
    auto spec = w.demo(name);
    spec.dialect = dialect;
    w.open_ready(spec);
    what.tag = 7;
    what.idle_timeout = 0ms;
    auto cancelled = w.start_call(name, what);
    CHECK(w.call(name, echo("x")).ok()); // it has reached the server
    w.cancel(name, 7);
    check_unknown(cancelled, errc::cancelled);
    what.tag = 0;
    what.idle_timeout = 200ms;
    check_unknown(w.start_call(name, what), errc::timed_out);
    // A server that had not been told would answer meanwhile.
    CHECK(w.call(name, sleep_for_ms(1000)).ok());
    CHECK(w.status(name).late_answers == 0);
    CHECK(w.status(name).incarnation == 1);
  }
}

SCENARIO("R1: an answer that comes too late is dropped and counted",
         "[system]") {
  live_world w;
  auto up = w.open_ready(w.demo("a"));
  kill(up.pid, SIGSTOP);
  REQUIRE(leaks::eventually([&] { return leaks::state_of(up.pid) == 'T'; }));
  auto what = echo("late");
  what.idle_timeout = 200ms;
  check_unknown(w.start_call("a", what), errc::timed_out);
  auto next = w.start_call("a", echo("next"));
  kill(up.pid, SIGCONT);
  CHECK(next->value.text() == "next");
  auto now = w.status("a");
  CHECK(now.late_answers == 1);
  CHECK(now.incarnation == 1);
}

SCENARIO("S43: progress keeps a call alive", "[system]") {
  live_world w;
  w.open_ready(w.demo("a"));
  auto what = tool_call("progress", R"({"steps":12,"ms":200})");
  what.idle_timeout = 1500ms;
  what.tag = 1;
  auto begin = clock_type::now();
  CHECK(w.call("a", what).value.text() == "made 12 steps");
  CHECK(clock_type::now() - begin > what.idle_timeout);
  w.await_progress(1, 12);
}

SCENARIO("S43 R6: progress without an end meets the total limit", "[system]") {
  live_world w;
  w.open_ready(w.demo("a", {"--progress-for-ever"}));
  auto what = echo("hello");
  what.idle_timeout = 1s;
  what.total_timeout = 2s;
  what.tag = 1;
  auto begin = clock_type::now();
  check_unknown(w.start_call("a", what), errc::timed_out);
  CHECK(clock_type::now() - begin >= what.total_timeout);
  CHECK(w.progress(1) > 10);
  CHECK(w.status("a").incarnation == 1);
}

SCENARIO("R6: a server that says everything but the handshake's answer is "
         "reaped in time",
         "[system]") {
  live_world w;
  auto spec = w.demo("a", {"--mute-initialize", "--garbage"});
  spec.timeouts.ready = 500ms;
  spec.restart.backoff_first = 1h;
  spec.restart.backoff_max = 1h;
  w.open(spec);
  auto up = w.await("a", phase::handshaking);
  CHECK(w.ready("a").error.code == errc::handshake_timed_out);
  CHECK(leaks::state_of(up.pid) == 0);
}

SCENARIO("R2: a list with endless pages ends", "[system]") {
  live_world w;
  GIVEN("the same cursor with each page") {
    w.open_ready(w.demo("a", {"--cursor-loop"}));
    auto x = w.list("a");
    CHECK(x.value.tools.size() >= 11);
    CHECK(w.echoes("a"));
  }
  GIVEN("an empty cursor, which ends a legacy list") {
    auto spec = w.demo("a", {"--empty-cursor", "--era", "legacy"});
    w.open_ready(spec);
    CHECK(w.list("a").value.tools.size() == 4);
  }
  GIVEN("an empty cursor, which is a modern one like others") {
    w.open_ready(w.demo("a", {"--empty-cursor", "--era", "modern"}));
    CHECK(w.list("a").value.tools.size() == 11);
  }
  GIVEN("more pages than a list may have") {
    w.open_ready(w.demo("a", {"--tools", "300", "--page", "1"}));
    auto x = w.list("a");
    CHECK(x.value.tools.size() == defaults::list_pages_max);
    w.await_remark("a", diagnostic::kind::protocol_fault);
  }
}
