// Covers actors/runtime.hpp, actors/session, transports/stdio, tools/warden.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/live_world.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>

using namespace troupe;
using namespace troupe::test;

namespace {

namespace fs = std::filesystem;

/// A server of README.md, and what is known of it.
struct real_server {
  std::string name;
  std::string program; ///< below this folder, for node
  std::string bin;     ///< its name for npx; empty: it has none
  std::vector<std::string> args;
  std::string version;
  call_tool quick;
  std::string says; ///< in the quick call's answer
  call_tool slow;   ///< reports progress for minutes; no name: it has none
};

std::string package(const std::string& name) {
  return "node_modules/@modelcontextprotocol/server-" + name + "/dist/index.js";
}

std::vector<real_server> all_servers(const std::string& folder) {
  auto legacy = std::string{latest_legacy_version};
  auto long_work = R"({"duration":600,"steps":6000})";
  auto thought = tool_call("sequentialthinking",
                           R"({"thought":"so","nextThoughtNeeded":false,)"
                           R"("thoughtNumber":1,"totalThoughts":1})");
  auto hello = tool_call("echo", R"({"message":"hello"})");
  return {
    {"everything",
     package("everything"),
     "mcp-server-everything",
     {"stdio"},
     legacy,
     hello,
     "hello",
     tool_call("trigger-long-running-operation", long_work)},
    {"filesystem",
     package("filesystem"),
     "mcp-server-filesystem",
     {folder},
     legacy,
     tool_call("list_allowed_directories"),
     folder,
     {}},
    {"memory",
     package("memory"),
     "mcp-server-memory",
     {},
     legacy,
     tool_call("read_graph"),
     "entities",
     {}},
    {"sequential-thinking",
     package("sequential-thinking"),
     "mcp-server-sequential-thinking",
     {},
     legacy,
     thought,
     "thoughtNumber",
     {}},
    {"everything-old",
     "node_modules/server-everything-old/dist/index.js",
     "",
     {},
     "2024-11-05",
     hello,
     "hello",
     tool_call("longRunningOperation", long_work)},
    {"dual-era",
     "dual-era.mjs",
     "",
     {},
     std::string{modern_version},
     tool_call("echo", R"({"text":"hello"})"),
     "hello",
     {}},
  };
}

/// Without a slash at its end, as a server would name it.
std::string folder_of(const live_world& w) {
  return fs::path{w.file("x")}.parent_path();
}

void demand_installed(const real_server& x) {
  auto here = fs::path{TROUPE_TEST_SERVERS};
  if (!fs::exists(here / x.program)
      || !fs::exists(here / "node_modules/@modelcontextprotocol/server"))
    FAIL("the servers of the tests are not installed: run tools/test, or "
         "`npm ci` in tests/servers ("
         << x.program << " is missing)");
}

server_spec spec_of(const live_world& w, const real_server& x,
                    bool through_npx) {
  auto spec = w.demo(x.name);
  spec.command = through_npx ? "npx" : "node";
  spec.args = x.args;
  spec.args.insert(spec.args.begin(), through_npx ? x.bin : x.program);
  if (through_npx)
    spec.args.insert(spec.args.begin(), "--no-install");
  spec.cwd = TROUPE_TEST_SERVERS;
  spec.env["MEMORY_FILE_PATH"] = secret{w.file("memory.json")};
  spec.env["npm_config_cache"] = secret{w.file("npm")};
  spec.env["npm_config_update_notifier"] = secret{"false"};
  spec.timeouts.stop_grace = defaults::stop_grace;
  return spec;
}

/// The server itself, however many launchers stand before it.
pid_t last_of(pid_t pid) {
  for (auto next = leaks::children_of(pid); !next.empty();
       next = leaks::children_of(pid))
    pid = next.front();
  return pid;
}

void check_works(live_world& w, const real_server& x) {
  auto list = w.list(x.name);
  INFO(x.name << ": " << list.error.text);
  CHECK_FALSE(list.value.tools.empty());
  CHECK(list.value.rejected.empty());
  auto answer = w.call(x.name, x.quick);
  INFO(answer.error.text);
  REQUIRE(answer.ok());
  CHECK_FALSE(answer.value.is_error());
  CHECK(answer.value.text().find(x.says) != std::string::npos);
}

/// A call that the server has got and will not answer.
pending<call_tool_result> hang_in_call(live_world& w, const real_server& x,
                                       pid_t server) {
  if (!x.slow.name.empty()) {
    auto slow = x.slow;
    slow.tag = 1;
    auto call = w.start_call(x.name, slow);
    w.await_progress(1, 1);
    return call;
  }
  kill(server, SIGSTOP);
  REQUIRE(leaks::eventually([&] { return leaks::state_of(server) == 'T'; }));
  auto call = w.start_call(x.name, x.quick);
  REQUIRE(leaks::eventually([&] {
    auto now = w.status(x.name);
    return now.in_flight == 1 && now.outbox_frames == 0;
  }));
  return call;
}

void check_life(const real_server& x, bool through_npx) {
  demand_installed(x);
  live_world w;
  auto up = w.open_ready(spec_of(w, x, through_npx));
  CHECK(up.protocol_version == x.version);
  CHECK_FALSE(up.server.name.empty());
  check_works(w, x);
  auto server = last_of(up.pid);
  auto whole = leaks::descendants_of(leaks::parent_of(up.pid));
  CHECK((server != up.pid) == through_npx);
  auto call = hang_in_call(w, x, server);
  CHECK(call.open());
  kill(server, SIGKILL);
  CHECK((call->error.code == errc::child_exited
         || call->error.code == errc::connection_lost));
  CHECK(call->error.what_became == fate::outcome_unknown);
  w.await(x.name, phase::ready, 2);
  for (auto pid : whole)
    CHECK(leaks::is_gone(pid));
  check_works(w, x);
  auto report = w.close(x.name);
  CHECK(report.value.left == proof::empty);
  if (x.name == "everything-old") // it ignores the end of its input
    CHECK(report.value.signals == std::vector<std::string>{"TERM"});
}

} // namespace

SCENARIO("servers of others work, may be killed in a call, and leave nothing",
         "[servers]") {
  live_world w; // for its folder
  for (auto& x : all_servers(folder_of(w)))
    GIVEN("the server " << x.name) {
      check_life(x, false);
    }
}

SCENARIO("P1: servers of others work through npx, and its whole tree goes",
         "[servers]") {
  live_world w;
  for (auto& x : all_servers(folder_of(w)))
    if (!x.bin.empty())
      GIVEN("the server " << x.name) {
        check_life(x, true);
      }
}
