#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/ask.hpp"
#include "troupe/tools/bench/stage.hpp"

#include <ctime>

namespace troupe::bench {

namespace {

constexpr auto busy_agents = size_t{20};
constexpr auto burnt_by_answer = nanoseconds{5'000'000};

nanoseconds thread_time() {
  timespec x{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &x);
  return std::chrono::seconds{x.tv_sec} + nanoseconds{x.tv_nsec};
}

/// Calls without end, and works hard on each answer. It ends with its server.
class busy_agent : public actor_base {
public:
  busy_agent(caf::actor_config& config, client_handle server)
    : actor_base(config), server_(std::move(server)) {
    // nop
  }

  const char* name() const override {
    return "bench.busy";
  }

protected:
  caf::message_handler handlers() override {
    call();
    return table([this](const get_status&) { return status("busy"); });
  }

  void on_stop() override {
    server_ = {};
  }

private:
  void call() {
    ask(this, server_, hello()).then([this](const answer<call_tool_result>& x) {
      if (!x.ok())
        return quit();
      auto until = thread_time() + burnt_by_answer;
      while (thread_time() < until)
        ;
      call();
    });
  }

  client_handle server_;
};

/// The second client of the stage, whose first one makes the trouble.
figures quiet_calls(stage& on, const target& server, const char* name,
                    size_t calls) {
  auto quiet = on.open(spec_of(server, 1));
  on.connect(quiet);
  checked_load(on, name, {{quiet}, hello(), calls / 10 + 1, 1, false});
  auto got = checked_load(on, name, {{quiet}, hello(), calls, 1, true});
  figures x;
  x.name = name;
  x.p50 = percentile(got.times, 0.5);
  x.p99 = percentile(got.times, 0.99);
  return x;
}

} // namespace

figures beside_busy_agents(const target& server, const amounts& n,
                           const char* name) {
  stage s{server, 2};
  auto busy = s.open(spec_of(server, 0));
  s.connect(busy);
  for (size_t i = 0; i < busy_agents; ++i)
    s.system().spawn<busy_agent>(busy);
  return quiet_calls(s, server, name, n.slow);
}

/// Over stdio alone: an HTTP server says nothing unasked.
figures beside_a_flood(const target& server, const amounts& n,
                       const char* name) {
  if (!server.url.empty())
    return {};
  stage s{server, 2};
  auto loud = spec_of(server, 0);
  loud.args = {"--era", "legacy", "--flood", "10000000"};
  s.connect(s.open(loud));
  return quiet_calls(s, server, name, n.sequential);
}

} // namespace troupe::bench
