// Covers actors/runtime.hpp, actors/standalone_runtime.hpp, actors/config.hpp,
// actors/supervision/event_callbacks.hpp.
// The doors for programs: with an actor system of theirs, and without.

#include "troupe/actors/troupe.hpp"
#include "troupe/tests/support/live_world.hpp"

#include <catch2/catch.hpp>

#include <future>
#include <mutex>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

runtime_options with_warden() {
  runtime_options result;
  result.warden = TROUPE_TEST_WARDEN;
  return result;
}

server_spec demo(const std::string& name = "demo") {
  return program_server(name, TROUPE_TEST_DEMO);
}

call_tool echo() {
  return {"echo", json::trusted(R"({"text":"hello"})")};
}

/// What the functions for events were told. Thread-safe.
struct told {
  std::mutex mutex;
  std::vector<phase> phases;
  std::vector<diagnostic> diagnostics;
  std::promise<void> ready;

  void add(const client_event& x) {
    std::lock_guard held{mutex};
    phases.push_back(x.to);
    if (x.to == phase::ready)
      ready.set_value();
  }
  void add(const diagnostic& x) {
    std::lock_guard held{mutex};
    diagnostics.push_back(x);
  }
};

class idle_agent : public caf::event_based_actor {
public:
  using event_based_actor::event_based_actor;

  caf::behavior make_behavior() override {
    return {[](const call_progress&) {}};
  }
};

} // namespace

SCENARIO("a program without actors calls a tool", "[runtime]") {
  standalone_runtime mcp{with_warden()};
  REQUIRE_FALSE(mcp.problem());
  auto opened = mcp.open(demo());
  REQUIRE(opened.ok());
  auto result = mcp.ask(opened.value.handle, echo());
  REQUIRE(result.ok());
  CHECK(result.value.text() == "hello");
  CHECK(mcp.stop().clean);
}

SCENARIO("what a program without actors asks after the stop is refused",
         "[runtime]") {
  standalone_runtime mcp{with_warden()};
  auto opened = mcp.open(demo());
  mcp.stop();
  CHECK(mcp.open(demo("late")).error.code == errc::runtime_stopped);
  CHECK(mcp.ask(opened.value.handle, echo()).error.code
        == errc::runtime_stopped);
}

SCENARIO("who has spawned actors of its own can end its runtime", "[runtime]") {
  standalone_runtime mcp{with_warden()};
  caf::anon_send_exit(mcp.system().spawn<idle_agent>(),
                      caf::exit_reason::user_shutdown);
  CHECK(mcp.stop().clean); // the rest is that this comes to an end
}

SCENARIO("a program without actors ends its runtime on any thread",
         "[runtime]") {
  auto mcp = std::make_unique<standalone_runtime>(with_warden());
  REQUIRE(mcp->open(demo()).ok());
  std::promise<void> ended;
  std::thread other{[&] {
    mcp.reset();
    ended.set_value();
  }};
  CHECK(ended.get_future().wait_for(60s) == std::future_status::ready);
  other.join();
}

SCENARIO("a runtime refuses a system whose configuration was forgotten",
         "[runtime]") {
#if !TROUPE_CAF_0_17
  caf::core::init_global_meta_objects(); // its own: else it aborts by itself
#endif
  caf::actor_system_config forgotten;
  caf::actor_system system{forgotten};
  CHECK_THROWS_AS(runtime{system}, std::logic_error);
}

SCENARIO("a configuration is made ready, or is ready from the start",
         "[runtime]") {
  config ready;
  caf::actor_system system{ready};
  CHECK(is_configured(system));
  caf::actor_system_config own;
  configure(own, scheduler_choice::program);
  caf::actor_system with_own{own};
  CHECK(is_configured(with_own));
}

SCENARIO("functions hear of each event in order, from the first to the last",
         "[runtime]") {
  told all;
  auto options = with_warden();
  options.on_event = [&](const client_event& x) { all.add(x); };
  options.on_diagnostic = [&](const diagnostic& x) { all.add(x); };
  standalone_runtime mcp{std::move(options)};
  REQUIRE(mcp.open(demo()).ok());
  REQUIRE(all.ready.get_future().wait_for(60s) == std::future_status::ready);
  mcp.stop();
  std::lock_guard held{all.mutex};
  REQUIRE(all.phases.size() >= 4);
  CHECK(all.phases.front() == phase::connecting);
  CHECK(all.phases.back() == phase::stopped);
}

SCENARIO("a function for events that throws is reported once, and harms "
         "nothing",
         "[runtime]") {
  told all;
  auto options = with_warden();
  options.on_event = [](const client_event&) { throw 1; };
  options.on_diagnostic = [&](const diagnostic& x) { all.add(x); };
  standalone_runtime mcp{std::move(options)};
  auto opened = mcp.open(demo());
  CHECK(mcp.ask(opened.value.handle, echo()).ok());
  mcp.stop();
  std::lock_guard held{all.mutex};
  REQUIRE(all.diagnostics.size() == 1);
  CHECK(all.diagnostics.front().what == diagnostic::kind::embedder_fault);
}

SCENARIO("a function for events that blocks delays no call", "[runtime]") {
  std::promise<void> gate;
  auto open_gate = gate.get_future().share();
  auto options = with_warden();
  options.on_event = [open_gate](const client_event&) { open_gate.wait(); };
  standalone_runtime mcp{std::move(options)};
  auto opened = mcp.open(demo());
  CHECK(mcp.ask(opened.value.handle, echo()).ok());
  gate.set_value();
}
