#include "troupe/tools/driver/measures.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>

static constexpr auto usage = R"(usage: driver JSON

Measures Troupe as an embedder's program sees it. JSON is an object with:
  mode       seq, pipe, big, many or connect
  cmd        the server's program and arguments; or
  transport  "http", and
  url        where it is
  n, warm    calls (of each client) that count, and before those; connections
  bytes      of one result (big); inflight: calls at a time (pipe);
  clients    how many (many)
Prints an object with the figures.
)";

int main(int argc, char** argv) {
  using namespace troupe;
  if (argc != 2 || argv[1] == std::string_view{"--help"}) {
    std::fputs(usage, argc == 2 ? stdout : stderr);
    return argc == 2 ? 0 : 2;
  }
  auto read = driver::parse_plan(argv[1]);
  if (!read.fault.empty()) {
    std::fprintf(stderr, "driver: %s\n", read.fault.c_str());
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  auto& what = read.value;
  runtime_options options;
  auto clients = static_cast<uint32_t>(what.mode == "many" ? what.clients : 8);
  options.starts.concurrent = std::max<uint32_t>(clients, 8);
  options.starts.live_max = clients + 8;
  standalone_runtime mcp{std::move(options)};
  json_writer out;
  out.begin_object().member("mode", what.mode);
  out.member("n", static_cast<uint64_t>(what.n));
  auto fault = driver::measure(mcp, what, out);
  if (!fault.empty())
    out.member("error", fault);
  std::puts(out.end_object().take().c_str());
  return fault.empty() ? 0 : 1;
}
