// Covers actors/pool_scheduler.hpp, actors/pool_clock.hpp, actors/config.hpp.
// Actors, pipes and CAF's clock on one pool of threads.

#include "troupe/actors/troupe.hpp"
#include "troupe/tests/support/callback_gate.hpp"
#include "troupe/tests/support/live_world.hpp"

#include <catch2/catch.hpp>

// With CAF 1 there is no such pool yet.
#if TROUPE_CAF_0_17

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr auto workers = size_t{2};

/// Holds its thread, as an embedder's agent may.
class blocked_agent : public caf::event_based_actor {
public:
  blocked_agent(caf::actor_config& config, callback_gate& shut)
    : event_based_actor(config), shut_(shut) {
    // nop
  }

  caf::behavior make_behavior() override {
    return {[this](const call_progress&) {
      shut_.pass();
      quit();
    }};
  }

private:
  callback_gate& shut_;
};

/// Calls until a call fails.
class calling_agent : public caf::event_based_actor {
public:
  calling_agent(caf::actor_config& config, client_handle server)
    : event_based_actor(config), server_(std::move(server)) {
    // nop
  }

  caf::behavior make_behavior() override {
    call();
    return {[](const call_progress&) {}};
  }

private:
  void call() {
    ask(this, server_, call_tool{"echo", {{"text", "hello"}}})
      .then([this](const answer<call_tool_result>& x) {
        if (x.ok())
          call();
        else
          quit();
      });
  }

  client_handle server_;
};

struct world {
  callback_gate shut;
  config ready{scheduler_choice::troupe, workers};
  caf::actor_system system{ready};
  runtime all{system, options()};

  static runtime_options options() {
    runtime_options result;
    result.warden = TROUPE_TEST_WARDEN;
    return result;
  }

  void block(size_t agents) {
    for (size_t i = 0; i < agents; ++i)
      tell_anon(system.spawn<blocked_agent>(std::ref(shut)), call_progress{});
  }
};

struct thread_counts {
  std::atomic<size_t> begun = 0;
  std::atomic<size_t> ended = 0;
};

/// As a program's that names or places its threads.
class counting_hook : public caf::thread_hook {
public:
  explicit counting_hook(thread_counts& counts) : counts_(counts) {
    // nop
  }
  void init(caf::actor_system&) override {
    // nop
  }
  void thread_started() override {
    ++counts_.begun;
  }
  void thread_terminates() override {
    ++counts_.ended;
  }

private:
  thread_counts& counts_;
};

call_tool slow_call(std::chrono::milliseconds x) {
  return {"sleep", {{"ms", x.count()}}};
}

} // namespace

SCENARIO("agents that block, eight for each thread, stop no call",
         "[one_pool]") {
  world w;
  auto spec = program_server("demo", TROUPE_TEST_DEMO);
  spec.timeouts.call_idle = spec.timeouts.call_total = 300ms;
  auto demo = w.all.open(spec);
  REQUIRE(demo.ok());
  w.block(8 * workers);
  for (auto i = 0; i < 50; ++i)
    REQUIRE(
      ask(w.system, demo.value.handle, call_tool{"echo", {{"text", "hello"}}})
        .ok());
  CHECK(ask(w.system, demo.value.handle, slow_call(20s)).error.code
        == errc::timed_out);
  CHECK(ask(w.system, demo.value.handle, reload{}, 60s).ok());
  CHECK(w.shut.waiting() == workers);
  w.shut.open();
}

SCENARIO("a program's thread hooks see the threads of the pool", "[one_pool]") {
  thread_counts counts;
  {
    config ready{scheduler_choice::troupe, workers};
    ready.add_thread_hook<counting_hook>(counts);
    caf::actor_system system{ready};
  }
  CHECK(counts.begun == counts.ended);
  CHECK(counts.begun > workers);
}

SCENARIO("a runtime stops while agents hold every thread", "[one_pool]") {
  world w;
  REQUIRE(w.all.open(program_server("demo", TROUPE_TEST_DEMO)).ok());
  w.block(8 * workers);
  CHECK(w.all.stop().clean);
  w.shut.open();
}

SCENARIO("a runtime that stops in the middle of calls never hangs",
         "[one_pool]") {
  for (auto i = 0; i < 200; ++i) {
    world w;
    auto demo = w.all.open(program_server("demo", TROUPE_TEST_DEMO));
    REQUIRE(demo.ok());
    for (size_t k = 0; k < 4 * workers; ++k)
      w.system.spawn<calling_agent>(demo.value.handle);
    REQUIRE(
      ask(w.system, demo.value.handle, call_tool{"echo", {{"text", "hello"}}})
        .ok());
    w.block(8 * workers);
    CHECK(w.all.stop().clean);
    w.shut.open();
  }
}

#endif
