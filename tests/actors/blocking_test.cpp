// Covers actors/blocking.hpp, actors/runtime.hpp.
// The blocking door for threads that are no actors, with real threads and a
// real clock.

#include "troupe/actors/blocking.hpp"
#include "troupe/actors/runtime.hpp"
#include "troupe/messages/json/rpc.hpp"
#include "troupe/transports/pipe/transport.hpp"

#include <catch2/catch.hpp>

#include <future>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 60s;

/// An in-process server that does the handshake and leaves each call open until
/// the call is cancelled.
struct sleeper {
  std::promise<void> cancelled;
  std::shared_ptr<pipe_server> pipe = std::make_shared<pipe_server>(
    [this](const pipe_connection& to, std::string frame) {
      auto parsed = json_rpc::parse(std::move(frame));
      for (auto& x : parsed.messages)
        on_message(to, x);
    });

  void on_message(const pipe_connection& to, const json_rpc::message& x) {
    if (auto asked = std::get_if<json_rpc::request>(&x);
        asked && asked->method == "initialize")
      to.send(json_rpc::format_result(
        asked->id, json::trusted(R"({"protocolVersion":"2025-11-25",)"
                                 R"("capabilities":{"tools":{}},"serverInfo":)"
                                 R"({"name":"sleeper","version":"1"}})")));
    else if (auto told = std::get_if<json_rpc::notification>(&x);
             told && told->method == "notifications/cancelled")
      cancelled.set_value();
  }
};

struct outside_fixture {
  caf::actor_system_config config;
  sleeper server;
  std::optional<caf::actor_system> system;
  std::optional<runtime> mcp;

  outside_fixture() {
    register_types(config);
    configure_scheduler(config, 2);
    system.emplace(config);
    runtime_options options;
    options.pipes["sleeper"] = server.pipe;
    mcp.emplace(*system, std::move(options));
  }

  ~outside_fixture() {
    mcp.reset();
    system.reset();
  }

  template <class Message>
  auto ask(Message x, std::chrono::milliseconds timeout = patience) {
    return troupe::ask(*system, mcp->registry(), std::move(x), timeout);
  }
};

} // namespace

SCENARIO_METHOD(outside_fixture,
                "what a thread has asked for and not waited for is cancelled "
                "at the server",
                "[outside]") {
  server_spec spec;
  spec.name = "a";
  spec.transport = "pipe";
  spec.command = "sleeper";
  spec.dialect = dialect_choice::legacy;
  spec.limits.in_flight_max = 1;
  spec.timeouts.call_idle = 10min; // or the call would end by it
  auto opened = ask(open_client{spec});
  REQUIRE(opened.ok());
  REQUIRE(ask(by_name<ensure_ready>{"a", {}}).ok());
  auto called = ask(by_name<call_tool>{"a", {"sleep", {}}}, 100ms);
  CHECK(called.error.code == errc::timed_out);
  CHECK(server.cancelled.get_future().wait_for(patience)
        == std::future_status::ready);
  auto status =
    troupe::ask(*system, opened.value.handle, get_status{}, patience);
  CHECK(status.value.in_flight == 0);
}

SCENARIO_METHOD(outside_fixture,
                "a thread that has asked and lives on holds no system",
                "[outside]") {
  std::promise<void> asked;
  std::promise<void> system_ended;
  auto seen = std::async(std::launch::async, [&] {
    auto tree = troupe::ask(*system, mcp->monitor(), get_tree{}, patience);
    asked.set_value();
    auto ended = system_ended.get_future().wait_for(patience);
    return tree.ok() && ended == std::future_status::ready;
  });
  asked.get_future().wait();
  mcp.reset();
  system.reset();
  system_ended.set_value();
  CHECK(seen.get());
}

SCENARIO_METHOD(outside_fixture, "actors that are not there are down",
                "[outside]") {
  CHECK(wait_until_down(*system, {caf::actor{}, nullptr}, 0ms));
  CHECK_FALSE(wait_until_down(*system, {nullptr, mcp->registry()}, 10ms));
  auto registry = mcp->registry();
  mcp->stop();
  CHECK(wait_until_down(*system, {registry, nullptr, registry}, patience));
}
