// Covers actors/client/starts.cpp, actors/client/commands.cpp,
// actors/supervision/supervisor.hpp, actors/supervision/restart_history.hpp,
// actors/supervision/spawn_gate.hpp.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/live_world.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include <unistd.h>

using namespace troupe;
using namespace troupe::test;

namespace {

/// The pids that the demo server reported by `--pid-file`, in order.
std::vector<pid_t> told_in(const std::string& file) {
  std::vector<pid_t> result;
  std::ifstream in{file};
  pid_t pid = 0;
  for (std::string role; in >> role >> pid;)
    result.push_back(pid);
  return result;
}

bool all_gone(const std::vector<pid_t>& all) {
  return std::all_of(all.begin(), all.end(), leaks::is_gone);
}

} // namespace

SCENARIO("S8 L2: close while a server starts leaves no process", "[system]") {
  live_world w;
  auto pids = w.file("pids");
  auto spec = w.demo("a", {"--slow-start", "3600000", "--pid-file", pids});
  GIVEN("a process that runs and says nothing") {
    w.open(spec);
    auto up = w.await("a", phase::handshaking);
    auto ready = w.start_ready("a");
    auto call = w.start_call("a", tool_call("echo"));
    auto report = w.close("a");
    CHECK(report.value.left == proof::empty);
    CHECK(leaks::state_of(up.pid) == 0);
    CHECK(ready->error.code == errc::closed);
    CHECK(call->error.code == errc::closed);
    CHECK(call->error.what_became == fate::not_sent);
  }
  GIVEN("a start that may not have begun") {
    for (int i = 0; i < 20; ++i) {
      w.open(spec);
      auto report = w.close("a");
      CHECK(is_clean(report.value.left));
    }
    CHECK(all_gone(told_in(pids)));
    CHECK(live_world::servers(getpid()).empty());
  }
}

SCENARIO("L2: a replacement while a server starts ends the old start",
         "[system]") {
  live_world w;
  auto slow = w.demo("a", {"--slow-start", "3600000"});
  w.open(slow);
  auto up = w.await("a", phase::handshaking);
  auto now = w.reload("a", {w.demo("a")});
  REQUIRE(now.ok());
  CHECK(now.value.incarnation == 2);
  CHECK(leaks::state_of(up.pid) == 0);
  CHECK(w.echoes("a"));
}

SCENARIO("S10: a server that never answers the handshake can be closed",
         "[system]") {
  live_world w;
  for (auto fault : {"--mute", "--mute-initialize"}) {
    auto spec = w.demo(fault, {fault, "--ignore-eof", "--ignore-term"});
    w.open(spec);
    auto up = w.await(fault, phase::handshaking);
    auto report = w.close(fault);
    CHECK(report.value.left == proof::empty);
    CHECK(report.value.signals == std::vector<std::string>{"TERM", "KILL"});
    CHECK(leaks::state_of(up.pid) == 0);
    for (auto& x : w.events(fault))
      CHECK(x.to != phase::ready);
  }
}

SCENARIO("P10: a slow start has failed only when its process is gone",
         "[system]") {
  live_world w;
  auto pids = w.file("pids");
  auto spec = w.demo("a", {"--slow-start", "3600000", "--ignore-eof",
                           "--daemonize", "--pid-file", pids});
  spec.timeouts.ready = 500ms;
  spec.restart.backoff_first = 1h;
  spec.restart.backoff_max = 1h;
  w.open(spec);
  w.await("a", phase::handshaking);
  auto x = w.ready("a");
  // Looked at once: the processes must be gone by now.
  auto told = told_in(pids);
  CHECK(all_gone(told));
  CHECK(live_world::servers(getpid()).empty());
  CHECK(told.size() == 2);
  CHECK(x.error.code == errc::handshake_timed_out);
  CHECK(w.status("a").last_stop.left == proof::empty);
}

SCENARIO("S12: a missing program has failed at once, and works once it is "
         "replaced",
         "[system]") {
  live_world w;
  auto spec = w.demo("a");
  spec.command = w.file("nothing");
  w.open(spec);
  auto failed = w.await("a", phase::failed);
  CHECK(failed.why == errc::program_not_found);
  CHECK(failed.text.find(spec.command) != failed.text.npos);
  CHECK(failed.next_retry == 0ms);
  CHECK(w.call("a", tool_call("echo")).error.code == errc::failed);
  CHECK(w.ready("a").error.code == errc::program_not_found);
  auto folder = spec;
  folder.command = "/tmp";
  CHECK(w.reload("a", {folder}).error.code == errc::program_not_found);
  CHECK(w.reload("a", {w.demo("a")}).ok());
  CHECK(w.echoes("a"));
}

SCENARIO("S12: a server that exits at once backs off, and then has failed",
         "[system]") {
  live_world w;
  auto pids = w.file("pids");
  auto spec = w.demo("a", {"--exit", "3", "--pid-file", pids});
  spec.restart.backoff_first = 500ms;
  w.open(spec);
  auto failed = w.await("a", phase::failed);
  size_t waits = 0;
  for (auto& x : w.events("a"))
    waits += x.next_retry > 0ms ? 1 : 0;
  CHECK(waits == 1); // without a probe it is tried again at once
  CHECK(failed.stopped.exit_status == 3);
  CHECK(told_in(pids).size() == defaults::quick_exits_max);
  // What is told of it is bounded by its starts: three moves for each.
  CHECK(w.events("a").size() <= 3 * defaults::quick_exits_max + 1);
  CHECK(w.remarks("a", diagnostic::kind::stderr_line)
        <= defaults::quick_exits_max);
  CHECK(w.reload("a", {w.demo("a")}).ok());
  CHECK(w.echoes("a"));
}

SCENARIO("S27: a server that flaps is parked as degraded", "[system]") {
  live_world w;
  auto pids = w.file("pids");
  auto spec = w.demo("a", {"--flap", "20", "--pid-file", pids});
  spec.restart.intensity = 4;
  w.open(spec);
  auto parked = w.await("a", phase::degraded);
  CHECK(parked.stopped.exit_status == 0);
  CHECK(parked.next_retry > 60s);
  CHECK(told_in(pids).size() == 4);
  size_t was_ready = 0;
  for (auto& x : w.events("a"))
    was_ready += x.to == phase::ready;
  CHECK(was_ready == 4); // so it did connect, each time
  // By default a call may bring one try forward.
  auto call = w.call("a", tool_call("echo"));
  CHECK(call.error.code == errc::degraded);
  CHECK(call.error.what_became == fate::not_sent);
}

SCENARIO("healthy servers that wait behind eight mute ones become ready",
         "[system]") {
  live_world w{gate::as_shipped};
  for (int i = 0; i < 8; ++i) {
    auto mute = w.demo("mute" + std::to_string(i), {"--mute"});
    mute.timeouts.ready = 2s;
    w.open(mute);
  }
  std::vector<pending<client_status>> healthy;
  for (auto name : {"a", "b"}) {
    auto spec = w.demo(name);
    // Too little if it ran from the request: the mute ones start first.
    spec.timeouts.ready = 1s;
    spec.timeouts.drain = 0ms;
    w.open(spec);
    healthy.push_back(w.start_ready(name));
  }
  // The gate's word may come a moment after the request.
  CHECK(leaks::eventually(
    [&] { return w.status("a").last_error == errc::overloaded; }));
  for (auto& x : healthy)
    CHECK(x->ok());
}

SCENARIO("P9: a server that ends for ever is started only so often",
         "[system]") {
  live_world w{gate::as_shipped};
  auto pids = w.file("pids");
  auto spec = w.demo("a", {"--flap", "0", "--pid-file", pids});
  spec.restart.backoff_first = 1ms;
  w.open(spec);
  // No policy of its own stops it: the gate does.
  auto held = [&] {
    for (auto& x : w.events("a"))
      if (x.why == errc::overloaded)
        return x.next_retry > 1s;
    return false;
  };
  CHECK(leaks::eventually(held));
  // The first start was commanded.
  CHECK(told_in(pids).size() == defaults::spawn_burst + 1);
}
