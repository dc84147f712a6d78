// Covers tools/warden, transports/guard/process_request.hpp,
// transports/guard/warden_link.hpp, transports/stdio/link.hpp.

#include "troupe/tests/support/child.hpp"
#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/live_world.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

using namespace troupe;
using namespace troupe::test;

namespace {

/// "ROLE PID" lines, as the demo servers of a host wrote them.
std::multimap<std::string, pid_t> roles_in(const std::string& file) {
  std::multimap<std::string, pid_t> result;
  std::ifstream in{file};
  pid_t pid = 0;
  for (std::string role; in >> role >> pid;)
    result.emplace(role, pid);
  return result;
}

/// The shims of these servers, and the shims' parent.
std::set<pid_t> guards_of(const std::multimap<std::string, pid_t>& roles) {
  std::set<pid_t> result;
  for (auto& [role, pid] : roles)
    if (role == "server") {
      auto shim = leaks::parent_of(pid);
      result.insert({shim, leaks::parent_of(shim)});
    }
  return result;
}

/// The whole environment that a process was started with.
std::string environment_of(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/environ"};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

} // namespace

SCENARIO("S20 P2: nothing outlives a host that was killed", "[system]") {
  live_world w; // for its folder, and its check that nothing is left
  auto pids = w.file("pids");
  child host{
    {{TROUPE_TEST_HOST, TROUPE_TEST_WARDEN, "hold", TROUPE_TEST_DEMO, pids},
     {},
     0}};
  host.expect("ready");
  auto roles = roles_in(pids);
  REQUIRE(roles.count("server") == 10);
  REQUIRE(roles.count("daemon") == 1);
  REQUIRE(roles.count("child") == 1);
  for (auto& [role, pid] : roles)
    REQUIRE_FALSE(leaks::is_gone(pid));
  REQUIRE(live_world::servers(host.pid()).size() >= 12);
  auto guards = guards_of(roles);
  REQUIRE(guards.size() == 11); // ten shims and their warden
  // Marks name the host by its pid and start: read who carries its mark while
  // it still lives.
  auto carriers = live_world::servers(host.pid());
  host.signal(SIGKILL);
  host.wait();
  carriers.insert(carriers.end(), guards.begin(), guards.end());
  for (auto pid : carriers)
    CHECK(leaks::eventually([&] { return leaks::is_gone(pid); }));
  for (auto& [role, pid] : roles)
    CHECK(leaks::eventually([&] { return leaks::is_gone(pid); }));
}

SCENARIO("U1: reconnecting takes no descriptors, even where there are few",
         "[system]") {
  set_alarm(150);
  child host{{{TROUPE_TEST_HOST, TROUPE_TEST_WARDEN, "churn", TROUPE_TEST_DEMO,
               "64", "200"},
              {},
              0}};
  auto early = std::stoul(host.expect("early "));
  // 200 starts, which a sanitizer makes slow.
  auto late = std::stoul(host.expect("late ", 100s));
  CHECK(early < 64);
  // A server's end and the next one's start may overlap by their pipes.
  CHECK(late <= early + 4);
  CHECK(host.expect("answered ") == "YES");
  CHECK(host.wait() == 0);
}

SCENARIO("X1: a server sees nothing of the host's environment but what is "
         "allowed and declared",
         "[system]") {
  for (int i = 0; i < 50; ++i)
    setenv(("SENTINEL_" + std::to_string(i)).c_str(), "geheim-4711", 1);
  setenv("WANTED_BY_NAME", "inherited", 1);
  live_world w;
  auto spec = w.demo("a");
  spec.env["DECLARED"] = secret{"declared"};
  spec.env_inherit = {"WANTED_BY_NAME"};
  auto up = w.open_ready(spec);
  auto seen = w.call("a", tool_call("env"));
  REQUIRE(seen.ok());
  auto names = seen.value.structured_content().find("names")->items();
  std::vector<std::string> all;
  for (auto& x : names)
    all.push_back(*x.as_string());
  CHECK_THAT(all, Catch::VectorContains(std::string{"DECLARED"}));
  CHECK_THAT(all, Catch::VectorContains(std::string{"WANTED_BY_NAME"}));
  CHECK_THAT(all, Catch::VectorContains(std::string{"PATH"}));
  for (auto& x : all)
    CHECK_FALSE(x.starts_with("SENTINEL"));
  // What the kernel was given, and not only what the server tells.
  CHECK(environment_of(up.pid).find("DECLARED=declared") != std::string::npos);
  CHECK(environment_of(up.pid).find("geheim") == std::string::npos);
}
