// Covers transports/failed_transport.hpp, transports/guard/find_warden.cpp,
// actors/supervision/transport_kinds.hpp, actors/runtime.hpp.

#include "troupe/actors/blocking.hpp"
#include "troupe/actors/runtime.hpp"
#include "troupe/tests/support/http_server.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

caf::actor_system_config& with_types(caf::actor_system_config& x) {
  register_types(x);
  return x;
}

runtime_options with_warden(const std::string& path) {
  runtime_options result;
  result.warden = path;
  return result;
}

} // namespace

SCENARIO("a client's name that servers cannot be told is told to the embedder",
         "[system]") {
  caf::actor_system_config config;
  caf::actor_system system{with_types(config)};
  auto options = with_warden(TROUPE_TEST_WARDEN);
  options.client.name = "ed\xFFitor";
  runtime mcp{system, options};
  CHECK(mcp.problem().code == errc::invalid_argument);
  CHECK(mcp.problem().text
        == "runtime_options::client: its name is not UTF-8; servers are told "
           "the library's name");
}

SCENARIO("a missing warden is told when the runtime is made",
         "[system][http]") {
  live_world files;
  caf::actor_system_config config;
  caf::actor_system system{with_types(config)};
  GIVEN("a path without a warden") {
    runtime mcp{system, with_warden("/nowhere/warden")};
    CHECK(mcp.problem().code == errc::warden_unavailable);
    CHECK(mcp.problem().text == "no warden at /nowhere/warden");
    CHECK(mcp.problem().needs_person);
    auto ask = [&](auto what) {
      return troupe::ask(system, mcp.registry(), what, patience);
    };
    auto open = [&](const server_spec& x) {
      return troupe::ask(system, mcp.registry(), open_client{x}, patience);
    };
    THEN("servers that are processes hear of it, and others work") {
      http_server remote;
      REQUIRE(open(remote.spec(files, "remote")).ok());
      REQUIRE(open(files.demo("local")).ok());
      CHECK(ask(by_name<ensure_ready>{"remote", {}}).ok());
      auto local = ask(by_name<ensure_ready>{"local", {}});
      CHECK(local.error.code == errc::warden_unavailable);
      CHECK(local.error.needs_person);
      CHECK(local.error.retry_after == 0ms);
      auto call = ask(by_name<call_tool>{"local", {"echo", {}}});
      CHECK(call.error.what_became == fate::not_sent);
      CHECK(call.error.needs_person);
    }
  }
  GIVEN("a folder in the place of a warden") {
    runtime mcp{system, with_warden("/usr/bin")};
    CHECK(mcp.problem().text == "no warden at /usr/bin");
  }
  GIVEN("the path of a warden") {
    runtime mcp{system, with_warden(TROUPE_TEST_WARDEN)};
    CHECK_FALSE(mcp.problem());
  }
}
