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

struct world {
  callback_gate shut;
  config ready{scheduler_choice::one_pool, workers};
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

SCENARIO("a runtime stops while agents hold every thread", "[one_pool]") {
  world w;
  REQUIRE(w.all.open(program_server("demo", TROUPE_TEST_DEMO)).ok());
  w.block(8 * workers);
  CHECK(w.all.stop().clean);
  w.shut.open();
}

#endif
