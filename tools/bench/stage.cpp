#include "troupe/tools/bench/stage.hpp"

#include <cstdio>
#include <cstdlib>

namespace troupe::bench {

namespace {

constexpr auto patience = std::chrono::seconds{30};

struct config_type : caf::actor_system_config {};

/// One for all stages of a process: each has the same target.
config_type& configured(const target& server) {
  static config_type x;
  static auto once = [&server] {
    configure(x, server.scheduler, server.workers);
    return true;
  }();
  (void)once;
  return x;
}

runtime_options limits(size_t clients) {
  runtime_options x;
  x.starts.concurrent = static_cast<uint32_t>(clients);
  x.starts.live_max = static_cast<uint32_t>(clients);
  return x;
}

template <class T>
T need(answer<T> x) {
  if (!x.ok()) {
    std::fprintf(stderr, "bench: %s\n", x.error.text.c_str());
    std::exit(1);
  }
  return std::move(x.value);
}

} // namespace

server_spec spec_of(const target& server, size_t i) {
  server_spec x;
  x.name = "s" + std::to_string(i);
  if (server.url.empty()) {
    x.command = server.program;
  } else {
    x.transport = "http";
    x.url = server.url;
  }
  x.lazy = true;
  return x;
}

call_tool hello() {
  return {"echo", json::trusted(R"({"text":"hello"})")};
}

stage::stage(const target& server, size_t clients)
  : system_(configured(server)), all_(system_, limits(clients)) {
  // nop
}

client_handle stage::open(const server_spec& spec) {
  return need(ask(system_, all_.registry(), open_client{spec}, patience))
    .handle;
}

void stage::connect(const client_handle& x) {
  need(ask(system_, x, ensure_ready{}, patience));
}

load_result checked_load(stage& on, const char* measure, load_plan plan) {
  auto result = run_load(on.system(), std::move(plan));
  if (result.failed == 0)
    return result;
  std::fprintf(stderr, "bench: %zu calls failed in '%s'\n", result.failed,
               measure);
  std::exit(1);
}

} // namespace troupe::bench
