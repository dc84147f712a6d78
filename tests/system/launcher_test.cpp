// Covers tools/warden/shim.hpp, tools/warden/descendants.hpp,
// tools/warden/ladder.hpp, transports/guard/guarded_server.hpp.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/live_world.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>

using namespace troupe;
using namespace troupe::test;

namespace {

namespace fs = std::filesystem;

/// Role -> pid of the server that was started last.
std::map<std::string, pid_t> roles_in(const std::string& file) {
  std::map<std::string, pid_t> result;
  std::ifstream in{file};
  pid_t pid = 0;
  for (std::string role; in >> role >> pid;)
    result[role] = pid;
  return result;
}

/// How many processes stand between the shim and this one.
size_t depth_of(pid_t pid) {
  size_t result = 0;
  for (; pid > 1 && leaks::name_of(pid) != "mcp-shim"; ++result)
    pid = leaks::parent_of(pid);
  return pid > 1 ? result - 1 : 0;
}

/// The demo server below a script below npx, none of which goes away by
/// itself; nothing is fetched.
server_spec through_npx(live_world& w, const std::string& pids) {
  auto folder = fs::path{w.file("package")};
  fs::create_directories(folder / "node_modules/.bin");
  std::ofstream{folder / "package.json"}
    << R"({"name":"wrapped","version":"1.0.0","private":true})";
  auto script = folder / "node_modules/.bin/wrapped-server";
  std::ofstream{script} << "#!/bin/sh\n\"$DEMO\" \"$@\"\nexit $?\n";
  fs::permissions(script, fs::perms::owner_all);
  auto x = w.demo("a");
  x.args = {"--no-install",
            "wrapped-server",
            "--ignore-eof",
            "--ignore-term",
            "--daemonize",
            "--pid-file",
            pids};
  x.command = "npx";
  x.cwd = folder;
  x.env["DEMO"] = secret{TROUPE_TEST_DEMO};
  x.env["npm_config_cache"] = secret{w.file("cache")};
  x.env["npm_config_update_notifier"] = secret{"false"};
  x.timeouts.stop_grace = 500ms;
  return x;
}

} // namespace

SCENARIO("S19 P1: of a server behind npx the whole tree goes", "[system]") {
  live_world w;
  auto pids = w.file("pids");
  auto up = w.open_ready(through_npx(w, pids));
  auto roles = roles_in(pids);
  REQUIRE(roles.at("server") != up.pid); // what we started is npx
  REQUIRE(depth_of(roles.at("server")) >= 2);
  auto tree = leaks::descendants_of(leaks::parent_of(up.pid));
  REQUIRE(tree.size() >= 4); // npx, the script, the server, its daemon
  auto check_gone = [&] {
    for (auto pid : tree)
      CHECK(leaks::is_gone(pid));
  };
  WHEN("it is closed") {
    auto report = w.close("a");
    check_gone();
    CHECK(report.value.left == proof::empty);
    CHECK(report.value.killed >= 2);
  }
  WHEN("it is reloaded") {
    CHECK(w.reload("a").ok());
    check_gone();
    CHECK(w.echoes("a"));
  }
  WHEN("the launcher alone is killed") {
    kill(up.pid, SIGKILL);
    w.await("a", phase::connecting, 2);
    check_gone();
    w.await("a", phase::ready, 2);
    CHECK(w.echoes("a"));
  }
}
