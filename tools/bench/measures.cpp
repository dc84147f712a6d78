#include "troupe/tools/bench/stage.hpp"

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <malloc.h>
#include <string_view>

namespace troupe::bench {

namespace {

using clock = std::chrono::steady_clock;

double seconds(nanoseconds x) {
  return std::chrono::duration<double>{x}.count();
}

figures one_client(const target& server, const char* name, call_tool what,
                   size_t calls, size_t window, bool timed) {
  stage s{server, 1};
  auto client = s.open(spec_of(server, 0));
  s.connect(client);
  run_load(s.system(), {{client}, what, calls / 10 + 1, window, false});
  auto got = checked_load(s, name, {{client}, what, calls, window, timed});
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

figures many_clients(const target& server, const amounts& n, const char* name) {
  figures x;
  x.name = name;
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
  auto got = checked_load(s, name, {clients, hello(), n.many, 1, false});
  x.per_second = static_cast<double>(n.many) / seconds(got.took);
  clients.clear();
  begin = clock::now();
  auto stopped = s.all().stop();
  x.close_all = clock::now() - begin;
  x.close_proved = stopped.clean && stopped.reports.size() == n.clients;
  auto wanted = server.url.empty() ? proof::empty : proof::no_process;
  for (auto& r : stopped.reports)
    x.close_proved = x.close_proved && r.left == wanted;
  return x;
}

} // namespace

std::vector<figures> measure_troupe(const target& server, const amounts& n) {
  call_tool blob{"blob", json::trusted(R"({"bytes":)"
                                       + std::to_string(n.large_bytes) + "}")};
  auto calls = [&](size_t count, size_t window, bool timed) {
    return [&server, count, window, timed](const char* name) {
      return one_client(server, name, hello(), count, window, timed);
    };
  };
  const std::vector<std::pair<const char*, std::function<figures(const char*)>>>
    measures = {
      {"sequential calls", calls(n.sequential, 1, true)},
      {"64 calls in flight", calls(n.in_flight, n.window, false)},
      {"1 MiB results",
       [&](auto name) {
         return one_client(server, name, blob, n.large, 1, false);
       }},
      {"100 clients", [&](auto name) { return many_clients(server, n, name); }},
      {"beside 20 busy agents",
       [&](auto name) { return beside_busy_agents(server, n, name); }},
      {"beside a flood of 10 MB/s",
       [&](auto name) { return beside_a_flood(server, n, name); }},
    };
  std::vector<figures> result;
  for (auto& [name, run] : measures)
    if (std::string_view{name}.find(server.only) != std::string_view::npos)
      result.push_back(run(name));
  if (result.empty()) {
    std::fprintf(stderr, "bench: no measure has '%s' in its name\n",
                 server.only.c_str());
    std::exit(1);
  }
  return result;
}

} // namespace troupe::bench
