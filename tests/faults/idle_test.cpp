// Covers actors/runtime.hpp, transports/io, transports/stdio, tools/warden,
// tests/support/wakeups.hpp.

#include "troupe/actors/blocking.hpp"
#include "troupe/actors/runtime.hpp"
#include "troupe/actors/type_ids.hpp"
#include "troupe/tests/support/chosen_scheduler.hpp"
#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/wakeups.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include <unistd.h>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr auto window = 3s;
static_assert(window >= defaults::probe_timeout);
constexpr size_t servers = 20;

/// What a thread that looks ten times a second would add in the window. All of
/// ours together stay below the half of it.
constexpr uint64_t one_poller = 30;

/// Lets the window pass: the passing is what is measured.
void let_pass() {
  std::promise<void> never;
  never.get_future().wait_for(window);
}

uint64_t added_by(pid_t pid) {
  auto before = leaks::wakeups_of(pid);
  let_pass();
  auto after = leaks::wakeups_of(pid);
  UNSCOPED_INFO(leaks::shares(before, after)
                << "of which we looked as " << gettid());
  return leaks::added(before, after, gettid());
}

struct idle_world {
  caf::actor_system_config config;
  caf::actor_system system{configured(config)};
  runtime all{system, options()};

  static caf::actor_system_config& configured(caf::actor_system_config& x) {
    configure(x, test::chosen_scheduler());
    return x;
  }

  static runtime_options options() {
    runtime_options x;
    x.warden = TROUPE_TEST_WARDEN;
    return x;
  }

  /// Starts them, calls each once, and waits until all is said.
  void start() {
    for (size_t i = 0; i < servers; ++i) {
      server_spec x;
      x.name = "s" + std::to_string(i);
      x.command = TROUPE_TEST_DEMO;
      x.dialect = i % 2 == 0 ? dialect_choice::legacy : dialect_choice::modern;
      ask(system, all.registry(), open_client{x}, 30s);
    }
    for (size_t i = 0; i < servers; ++i) {
      call_tool what{"echo", json::trusted(R"({"text":"x"})")};
      auto called = ask(system, all.registry(),
                        by_name<call_tool>{"s" + std::to_string(i), what}, 30s);
      REQUIRE(called.ok());
    }
  }

  /// Our processes: this one, the warden and the shims.
  std::vector<pid_t> guards() {
    auto tree = ask(system, all.monitor(), get_tree{}, 30s).value;
    auto result = leaks::children_of(tree.warden_pid);
    result.push_back(tree.warden_pid);
    return result;
  }
};

} // namespace

SCENARIO("a thread that polls is seen", "[idle]") {
  std::mutex mutex;
  std::condition_variable never;
  std::atomic<bool> end{false};
  std::thread poller{[&] {
    std::unique_lock lock{mutex};
    while (!end)
      never.wait_for(lock, 100ms);
  }};
  // At least half of the wakeups that it has on an idle machine.
  CHECK(added_by(getpid()) >= one_poller / 2);
  end = true;
  poller.join();
}

SCENARIO("S17: twenty idle servers wake no thread", "[idle]") {
  GIVEN("a runtime with twenty servers that have answered a call") {
    idle_world world;
    world.start();
    // The warden's first child may still look for strays of others.
    std::vector<pid_t> guards;
    REQUIRE(leaks::eventually([&] {
      guards = world.guards();
      return guards.size() == servers + 1;
    }));
    // CAF takes no timer back: those of the handshakes fire once more, within
    // three seconds.
    let_pass();
    WHEN("no request comes for three seconds") {
      std::map<pid_t, leaks::wakeups> before;
      for (auto pid : guards)
        before[pid] = leaks::wakeups_of(pid);
      auto ours = added_by(getpid());
      uint64_t theirs = 0;
      for (auto pid : guards)
        theirs += leaks::added(before[pid], leaks::wakeups_of(pid));
      THEN(
        "no thread of ours, and no guard, looks whether something happened") {
        INFO("ours " << ours << ", the guards' " << theirs);
        CHECK(ours < one_poller / 2);
        CHECK(theirs < one_poller / 2);
      }
    }
  }
}
