#include "troupe/actors/blocking.hpp"
#include "troupe/actors/runtime.hpp"
#include "troupe/actors/type_ids.hpp"
#include "troupe/tools/bench/figures.hpp"
#include "troupe/tools/bench/load.hpp"

#include <malloc.h>

#include <cstdio>
#include <cstdlib>

namespace troupe::bench {

namespace {

using clock = std::chrono::steady_clock;

constexpr auto patience = std::chrono::seconds{30};

server_spec spec_of(const target& server, size_t i) {
  server_spec x;
  x.name = "s" + std::to_string(i);
  if (server.url.empty()) {
    x.command = server.program;
  } else {
    x.transport = "http";
    x.url = server.url;
  }
  x.lazy = true; // the measure says when it starts
  return x;
}

/// A system of its own for each measure.
struct stage {
  stage(const target& server, size_t clients)
    : config(configured(server)), system(config), all(system, limits(clients)) {
    // nop
  }

  struct config_type : caf::actor_system_config {};

  static config_type& configured(const target& server) {
    static config_type x;
    static auto once = [&server] {
      configure(x, server.scheduler, server.workers);
      return true;
    }();
    (void)once;
    return x;
  }

  static runtime_options limits(size_t clients) {
    runtime_options x;
    x.starts.concurrent = static_cast<uint32_t>(clients);
    x.starts.live_max = static_cast<uint32_t>(clients);
    return x;
  }

  client_handle open(const server_spec& spec) {
    auto opened = ask(system, all.registry(), open_client{spec}, patience);
    if (!opened.ok()) {
      std::fprintf(stderr, "bench: %s\n", opened.error.text.c_str());
      std::exit(1);
    }
    return opened.value.handle;
  }

  void connect(const client_handle& x) {
    auto ready = ask(system, x, ensure_ready{}, patience);
    if (!ready.ok()) {
      std::fprintf(stderr, "bench: %s\n", ready.error.text.c_str());
      std::exit(1);
    }
  }

  config_type& config;
  caf::actor_system system;
  runtime all;
};

/// Exits where calls failed: the measure did not do what it measures.
void expect_no_failure(const char* what, const load_result& x) {
  if (x.failed == 0)
    return;
  std::fprintf(stderr, "bench: %zu calls failed in '%s'\n", x.failed, what);
  std::exit(1);
}

double seconds(nanoseconds x) {
  return std::chrono::duration<double>{x}.count();
}

figures one_client(const target& server, const char* name, call_tool what,
                   size_t calls, size_t window, bool timed) {
  stage s{server, 1};
  auto client = s.open(spec_of(server, 0));
  s.connect(client);
  run_load(s.system, {{client}, what, calls / 10 + 1, window, false});
  auto got = run_load(s.system, {{client}, what, calls, window, timed});
  expect_no_failure(name, got);
  figures x;
  x.name = name;
  if (what.name == "blob")
    x.megabytes_second =
      static_cast<double>(got.bytes) / 1e6 / seconds(got.took);
  else
    x.per_second = static_cast<double>(calls) / seconds(got.took);
  x.p50 = percentile(got.times, 0.5);
  x.p99 = percentile(got.times, 0.99);
  return x;
}

double heap_bytes() {
  return static_cast<double>(mallinfo2().uordblks);
}

figures many_clients(const target& server, const amounts& n) {
  figures x;
  x.name = "100 clients";
  stage s{server, n.clients};
  s.connect(s.open(spec_of(server, n.clients))); // the warden is up
  auto before = heap_bytes();
  std::vector<client_handle> clients;
  for (size_t i = 0; i < n.clients - 1; ++i)
    clients.push_back(s.open(spec_of(server, i)));
  auto begin = clock::now();
  for (auto& c : clients)
    tell_anon(c, ensure_ready{});
  for (auto& c : clients)
    s.connect(c);
  x.connect_all = clock::now() - begin;
  x.bytes_per_client =
    (heap_bytes() - before) / static_cast<double>(clients.size());
  auto got = run_load(s.system, {clients,
                                 {"echo", json::trusted(R"({"text":"hello"})")},
                                 n.many,
                                 1,
                                 false});
  expect_no_failure("100 clients", got);
  x.per_second = static_cast<double>(n.many) / seconds(got.took);
  clients.clear();
  begin = clock::now();
  auto stopped = s.all.stop();
  x.close_all = clock::now() - begin;
  x.close_proved = stopped.clean && stopped.reports.size() == n.clients;
  auto wanted = server.url.empty() ? proof::empty : proof::no_process;
  for (auto& r : stopped.reports)
    x.close_proved = x.close_proved && r.left == wanted;
  return x;
}

} // namespace

std::vector<figures> measure_troupe(const target& server, const amounts& n) {
  call_tool echo{"echo", json::trusted(R"({"text":"hello"})")};
  call_tool blob{"blob", json::trusted(R"({"bytes":)"
                                       + std::to_string(n.large_bytes) + "}")};
  return {one_client(server, "sequential calls", echo, n.sequential, 1, true),
          one_client(server, "64 calls in flight", echo, n.in_flight, n.window,
                     false),
          one_client(server, "1 MiB results", blob, n.large, 1, false),
          many_clients(server, n)};
}

} // namespace troupe::bench
