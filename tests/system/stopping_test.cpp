// Covers actors/supervision/registry_closing.cpp, actors/client/commands.cpp,
// actors/client/ends.cpp, tools/warden/ladder.hpp,
// tools/warden/descendants.hpp, tools/warden/shim.hpp.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/live_world.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <map>
#include <thread>

#include <unistd.h>

using namespace troupe;
using namespace troupe::test;

namespace {

using names = std::vector<std::string>;
using clock_type = std::chrono::steady_clock;

/// Role -> pid, as the demo server reported by `--pid-file`.
std::map<std::string, pid_t> roles_in(const std::string& file) {
  std::map<std::string, pid_t> result;
  std::ifstream in{file};
  pid_t pid = 0;
  for (std::string role; in >> role >> pid;)
    result[role] = pid;
  return result;
}

bool ignores_term(pid_t pid) {
  auto mask =
    std::stoull("0" + leaks::status_field(pid, "SigIgn"), nullptr, 16);
  return (mask & (1ull << (SIGTERM - 1))) != 0;
}

std::vector<std::string> deaf() {
  return {"--ignore-eof", "--ignore-term"};
}

} // namespace

SCENARIO("S11 L6: stopping twenty servers waits for the slowest one, not for "
         "one after the other",
         "[system]") {
  live_world w;
  names deaf_ones;
  for (int i = 0; i < 20; ++i) {
    auto name = std::to_string(i);
    auto spec = w.demo(name, i < 10 ? deaf() : names{});
    spec.timeouts.stop_grace = 1s;
    w.open(spec);
    if (i < 10)
      deaf_ones.push_back(name);
  }
  for (int i = 0; i < 20; ++i)
    REQUIRE(w.ready(std::to_string(i)).ok());
  auto begin = clock_type::now();
  auto report = w.stop_all();
  CHECK(clock_type::now() - begin >= 2s); // two graces: they are deaf
  CHECK(report.reports.size() == 20);
  for (auto& x : report.reports)
    CHECK(x.left == proof::empty);
  // The graces of the deaf ones ran at the same time: all had been told before
  // one of them was gone.
  CHECK(w.told_before(phase::stopping, phase::stopped, deaf_ones));
}

SCENARIO(
  "S57: what drains for a reload when all is stopped is stopped, and has "
  "no successor",
  "[system]") {
  live_world w;
  auto old = w.open_ready(w.demo("a"));
  auto call = w.start_call("a", tool_call("sleep", R"({"ms":3600000})"));
  CHECK(w.echoes("a")); // the call has reached the server
  auto reloading = w.start_reload("a");
  w.await("a", phase::draining);
  REQUIRE(leaks::state_of(old.pid) != 0);
  REQUIRE(call.open());
  auto report = w.stop_all();
  CHECK(report.clean);
  CHECK(report.names == names{"a"});
  CHECK(report.reports.front().left == proof::empty);
  CHECK(leaks::is_gone(old.pid));
  CHECK(call->error.code == errc::closed);
  CHECK(reloading->error.code == errc::runtime_stopped);
  auto events = w.events("a");
  CHECK(events.back().to == phase::stopped);
  CHECK(std::count_if(events.begin(), events.end(),
                      [](auto& x) { return x.to == phase::connecting; })
        == 1);
}

SCENARIO("graces that are longer than all have together are granted at the end",
         "[system]") {
  live_world w;
  auto spec = w.demo("a", deaf());
  spec.timeouts.stop_grace = defaults::stop_all_timeout / 2 + 500ms;
  auto up = w.open_ready(spec);
  w.open_ready(w.demo("b"));
  auto report = w.stop_all();
  CHECK(report.clean);
  CHECK(report.names == names{"b", "a"});
  CHECK(report.reports.back().signals == names{"TERM", "KILL"});
  CHECK(leaks::is_gone(up.pid));
}

SCENARIO("S21: a server that ignores all words is killed", "[system]") {
  live_world w;
  auto up = w.open_ready(w.demo("a", deaf()));
  w.open_ready(w.demo("b"));
  REQUIRE(ignores_term(up.pid));
  auto closed = w.start_close("a");
  while (closed.open())
    CHECK(w.echoes("b")); // the others go on meanwhile
  auto& report = closed->value;
  CHECK(leaks::state_of(up.pid) == 0);
  CHECK(report.signals == std::vector<std::string>{"TERM", "KILL"});
  CHECK(report.term_signal == SIGKILL);
  CHECK(report.left == proof::empty);
  CHECK(report.why == errc::closed);
}

SCENARIO("P4: helpers that left the group go with their server", "[system]") {
  live_world w;
  auto pids = w.file("pids");
  auto up = w.open_ready(w.demo("a", {"--daemonize", "--setsid-child",
                                      "--ignore-term", "--pid-file", pids}));
  auto roles = roles_in(pids);
  REQUIRE(roles.size() == 3);
  CHECK(roles["server"] == up.pid);
  // The helpers have left the group, and they live.
  for (auto role : {"child", "daemon"}) {
    auto pid = roles[role];
    REQUIRE(leaks::eventually([&] { return getpgid(pid) == pid; }));
    REQUIRE(!leaks::is_gone(pid));
  }
  auto report = w.close("a");
  for (auto& [role, pid] : roles)
    CHECK(leaks::is_gone(pid));
  CHECK(report.value.killed == 2);
  CHECK(report.value.exit_status == 0); // it obeyed TERM, its helpers did not
  CHECK(report.value.left == proof::empty);
}

SCENARIO("P4: helpers of a server that died go before it is restarted",
         "[system]") {
  live_world w;
  auto pids = w.file("pids");
  auto up = w.open_ready(w.demo("a", {"--daemonize", "--pid-file", pids}));
  auto first = roles_in(pids);
  kill(up.pid, SIGKILL);
  w.await("a", phase::connecting, 2);
  CHECK(leaks::is_gone(first["daemon"]));
  w.await("a", phase::ready, 2);
  CHECK(live_world::servers(getpid()).size() == 2);
}

SCENARIO("P7: a server that restarts again and again leaves no zombie",
         "[system]") {
  live_world w;
  w.open_ready(w.demo("a"));
  constexpr uint64_t lives = 60;
  auto warden = w.tree().warden_pid;
  auto fds = leaks::fds_of(getpid());
  auto warden_fds = leaks::fds_of(warden);
  for (uint64_t life = 1; life < lives; ++life) {
    w.await("a", phase::ready, life);
    auto crashed = w.call("a", tool_call("crash"));
    CHECK(crashed.error.what_became == fate::outcome_unknown);
  }
  w.await("a", phase::ready, lives);
  CHECK(leaks::zombies_of(getpid()) == 0);
  CHECK(leaks::eventually([&] { return leaks::zombies_of(warden) == 0; }));
  CHECK(
    leaks::eventually([&] { return leaks::children_of(warden).size() == 1; }));
  CHECK(leaks::eventually([&] { return leaks::fds_of(getpid()) == fds; }));
  // The first count may have met descriptors of the start at hand.
  CHECK(leaks::eventually([&] { return leaks::fds_of(warden) <= warden_fds; }));
  CHECK(live_world::servers(getpid()).size() == 1);
  CHECK(w.tree().warden_pid == warden);
}

SCENARIO("P3: a server outlives the thread that had it started", "[system]") {
  live_world w;
  pid_t pid = 0;
  std::thread{[&] { pid = w.open_ready(w.demo("a")).pid; }}.join();
  CHECK(w.echoes("a"));
  auto now = w.status("a");
  CHECK(now.pid == pid);
  CHECK(now.incarnation == 1);
}
