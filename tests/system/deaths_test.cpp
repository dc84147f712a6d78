// Covers actors/client/ends.cpp, actors/client/request_book.hpp,
// actors/supervision/supervisor.hpp, actors/supervision/transport_kinds.hpp,
// actors/supervision/monitor.hpp, transports/stdio/link.hpp,
// transports/stdio/outbox.hpp.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/live_world.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <map>

using namespace troupe;
using namespace troupe::test;

namespace {

call_tool note(const std::string& key, size_t padding = 0) {
  return tool_call("note", R"({"key":")" + key + R"(","padding":")"
                             + std::string(padding, 'x') + R"("})");
}

/// Key -> how often the servers that share the file executed it.
std::map<std::string, size_t> executed(const std::string& ledger) {
  std::map<std::string, size_t> result;
  std::ifstream in{ledger};
  for (std::string tool, key; in >> tool >> key;)
    ++result[key];
  return result;
}

/// Whether what each caller was told agrees with what the server did.
void check_against_ledger(
  const std::map<std::string, pending<call_tool_result>>& calls,
  std::map<std::string, size_t> done) {
  for (auto& [key, call] : calls) {
    INFO(key << ": " << call->error.text);
    CHECK(done[key] <= 1);
    if (call->ok())
      CHECK(done[key] == 1);
    else if (call->error.what_became == fate::not_sent)
      CHECK(done[key] == 0);
  }
}

size_t count(const std::map<std::string, pending<call_tool_result>>& calls,
             fate what_became) {
  size_t result = 0;
  for (auto& [key, call] : calls)
    if (!call->ok() && call->error.what_became == what_became)
      ++result;
  return result;
}

} // namespace

SCENARIO("S7: an idle server killed by -9 is noticed, reaped and restarted",
         "[system]") {
  live_world w;
  auto first = w.open_ready(w.demo("a"));
  REQUIRE(kill(first.pid, SIGKILL) == 0);
  // No call is made: the events come by themselves.
  auto lost = w.await("a", phase::backoff);
  CHECK(lost.incarnation == 1);
  CHECK(lost.why == errc::child_exited);
  auto next = w.await("a", phase::ready, 2);
  CHECK(leaks::state_of(first.pid) == 0);
  CHECK(next.pid != first.pid);
  CHECK(w.echoes("a"));
  auto last = w.status("a");
  CHECK(last.last_stop.term_signal == SIGKILL);
  CHECK(last.last_stop.left == proof::empty);
  CHECK(last.restarts == 1);
}

SCENARIO("S6: a server that closes its output and lives on is replaced, and "
         "the next call works",
         "[system]") {
  live_world w;
  auto first = w.open_ready(w.demo("a", {"--close-stdout"}));
  auto hanging = w.start_call("a", tool_call("sleep", R"({"ms":3600000})"));
  CHECK(w.echoes("a")); // the answer is its last word
  CHECK(hanging->error.code == errc::connection_lost);
  CHECK(hanging->error.what_became == fate::outcome_unknown);
  auto next = w.await("a", phase::ready, 2);
  CHECK(leaks::is_gone(first.pid));
  CHECK(next.pid != first.pid);
  CHECK(w.echoes("a"));
  CHECK(w.status("a").last_stop.left == proof::empty);
}

SCENARIO("S15 T7: a death in mid-call ends the call at once", "[system]") {
  live_world w;
  auto spec = w.demo("a");
  auto first = w.open_ready(spec);
  auto call = w.start_call("a", tool_call("sleep", R"({"ms":600000})"));
  auto other = w.start_call("a", tool_call("sleep", R"({"ms":600000})"));
  CHECK(w.echoes("a")); // both calls have reached the server: it is in order
  REQUIRE(call.open());
  kill(first.pid, SIGKILL);
  for (auto& x : {call, other}) {
    CHECK(x->error.code == errc::child_exited);
    CHECK(x->error.what_became == fate::outcome_unknown);
  }
  CHECK(w.await("a", phase::ready, 2).incarnation == 2);
}

SCENARIO("S16 R5: what was executed before a death is never executed again",
         "[system]") {
  live_world w;
  auto spec = w.demo("a", {"--ledger", w.file("ledger"), "--die-on-call", "3"});
  spec.limits.in_flight_max = 100;
  // A call that comes after the death must not bring on the next one.
  spec.not_ready = when_not_ready::refuse;
  w.open_ready(spec);
  std::map<std::string, pending<call_tool_result>> calls;
  for (auto key : {"1", "2", "3", "4", "5", "6", "7", "8"})
    calls.emplace(key, w.start_call("a", note(key)));
  // The third died after its execution: in the ledger, and without an answer.
  CHECK(calls.at("3")->error.what_became == fate::outcome_unknown);
  CHECK(calls.at("1")->ok());
  w.await("a", phase::ready, 2);
  auto after = w.call("a", note("after"));
  INFO(after.error.text);
  CHECK(after.ok());
  auto done = executed(w.file("ledger"));
  CHECK(done["3"] == 1);
  CHECK(done["after"] == 1);
  check_against_ledger(calls, done);
}

SCENARIO("S16 R5: what was never sent says so, and was never executed",
         "[system]") {
  live_world w;
  auto spec = w.demo("a", {"--ledger", w.file("ledger"), "--stop-reading"});
  auto first = w.open_ready(spec);
  std::map<std::string, pending<call_tool_result>> calls;
  // The first is executed; the others fill the pipe, and then the queue.
  for (int i = 0; i < 40; ++i) {
    auto key = std::to_string(i);
    calls.emplace(key, w.start_call("a", note(key, 16u << 10)));
  }
  REQUIRE(leaks::eventually(
    [&] { return executed(w.file("ledger")).count("0") == 1; }));
  REQUIRE(leaks::eventually([&] { return w.status("a").in_flight == 40; }));
  kill(first.pid, SIGKILL);
  CHECK(calls.at("0")->error.what_became == fate::outcome_unknown);
  CHECK(calls.at("39")->error.what_became == fate::not_sent);
  w.await("a", phase::ready, 2);
  auto done = executed(w.file("ledger"));
  CHECK(done.size() == 1);
  check_against_ledger(calls, done);
  CHECK(count(calls, fate::outcome_unknown) >= 2);
  CHECK(count(calls, fate::not_sent) >= 20);
}

SCENARIO("T9: writing to a server that is gone does not end the host",
         "[system]") {
  // The default disposition of SIGPIPE, as in a host that does not change it: a
  // test framework may have.
  signal(SIGPIPE, SIG_DFL);
  live_world w;
  w.open_ready(w.demo("a"));
  for (uint64_t life = 1; life <= 20; ++life) {
    auto at = w.await("a", phase::ready, life);
    kill(at.pid, SIGKILL);
    // Whether it is written before its end is seen is chance.
    auto x = w.call("a", tool_call("echo", R"({"text":"hello"})"));
    if (!x.ok())
      CHECK((x.error.code == errc::child_exited
             || x.error.code == errc::connection_lost));
  }
  w.await("a", phase::ready, 21);
  CHECK(w.echoes("a"));
}

SCENARIO("the tree shows the warden that runs, also when nothing is started",
         "[system]") {
  live_world w;
  w.open_ready(w.demo("a"));
  auto first = w.tree().warden_pid;
  REQUIRE(first > 0);
  kill(first, SIGKILL);
  CHECK(leaks::eventually([&] { return w.tree().warden_pid != first; }));
  auto now = w.tree().warden_pid;
  CHECK((now == 0 || !leaks::is_gone(now)));
  WHEN("the server is started again") {
    REQUIRE(w.reload("a").ok());
    THEN("the next warden is shown, and counted") {
      auto tree = w.tree();
      CHECK(tree.warden_pid != first);
      CHECK_FALSE(leaks::is_gone(tree.warden_pid));
      CHECK(tree.warden_restarts == 1);
    }
  }
}

SCENARIO("one bad server leaves the others untouched", "[system]") {
  live_world w;
  auto good = w.open_ready(w.demo("good"));
  auto missing = w.demo("missing");
  missing.command = w.file("nothing");
  w.open(missing);
  w.open(w.demo("crashing", {"--flap", "0"}));
  w.open(w.demo("mute", {"--mute"}));
  w.open(w.demo("exiting", {"--exit", "3"}));
  w.open(w.demo("endless", {"--endless-line"}));
  w.open(w.demo("stubborn", {"--ignore-eof", "--ignore-term"}));
  auto endless = w.start_call("endless", tool_call("pids"));
  w.await("crashing", phase::backoff);
  w.await("missing", phase::failed);
  w.await("exiting", phase::failed);
  auto closed = w.start_close("stubborn");
  for (int i = 0; i < 100; ++i)
    CHECK(w.echoes("good"));
  CHECK(endless->error.code == errc::too_large);
  CHECK(closed->value.left == proof::empty);
  auto now = w.status("good");
  CHECK(now.incarnation == 1);
  CHECK(now.pid == good.pid);
  CHECK(now.calls_failed == 0);
}
