// Measures Troupe against a raw pipe or connection to the same server, in one
// run: once as the scheduler likes it, and once with everything on one CPU,
// because placement alone moves a round trip by several times.

#include "troupe/tools/bench/figures.hpp"
#include "troupe/tools/bench/http_server.hpp"
#include "troupe/tools/bench/redaction.hpp"
#include "troupe/tools/standard_output.hpp"

#include <CLI/CLI.hpp>

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <map>
#include <sstream>

namespace {

using namespace troupe::bench;

const std::map<std::string, troupe::scheduler_choice> schedulers = {
  {"pool", troupe::scheduler_choice::troupe},
  {"sharing", troupe::scheduler_choice::sharing},
};

bool pin_to(int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  return sched_setaffinity(0, sizeof one, &one) == 0;
}

struct plan {
  std::string server;
  std::string http; // json or sse; empty: stdio
  bool floor_only = false;
  size_t workers = 0;
  troupe::scheduler_choice scheduler = troupe::scheduler_choice::troupe;
  std::string only;
  amounts how_much;
};

void measure(const std::string& title, const plan& x) {
  auto troupe_at = [&x](const target& where) {
    return x.floor_only ? std::vector<figures>{}
                        : measure_troupe(where, x.how_much);
  };
  if (x.http.empty()) {
    auto floor = x.only.empty() ? measure_floor(x.server, x.how_much)
                                : std::vector<figures>{};
    print_table(title, floor,
                troupe_at({x.server, {}, x.workers, x.scheduler, x.only}));
  } else {
    http_server server{x.server, x.http};
    auto floor = x.only.empty() ? measure_http_floor(server, x.how_much)
                                : std::vector<figures>{};
    print_table(title, floor,
                troupe_at({{}, server.url(), x.workers, x.scheduler, x.only}));
  }
}

/// In a process of its own: placement and memory start afresh.
bool run_apart(const std::string& title, const plan& x, int cpu) {
  std::fflush(stdout);
  auto child = fork();
  if (child == 0) {
    if (cpu >= 0 && !pin_to(cpu)) {
      std::perror("bench: cannot pin");
      _exit(1);
    }
    measure(title, x);
    _exit(troupe::standard_output::finish(0));
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  CLI::App app{
    "Measures Troupe beside a raw pipe, or connection, to the same server"};
  auto server =
    fs::read_symlink("/proc/self/exe").parent_path() / "demo-server";
  plan x;
  x.server = server;
  bool quick = false;
  std::string placement;
  app.add_option("--server", x.server, "The demo server")
    ->check(CLI::ExistingFile);
  app.add_option("--http", x.http, "Over HTTP, with answers as json or sse")
    ->check(CLI::IsMember({"json", "sse"}));
  app.add_flag("--floor", x.floor_only, "The floor alone, without Troupe");
  app.add_option("--workers", x.workers, "Threads that run actors")
    ->check(CLI::Range(1, 64));
  app
    .add_option("--scheduler", x.scheduler,
                "pool (default): actors run on the threads that read; sharing: "
                "beside one that reads")
    ->transform(CLI::CheckedTransformer(schedulers));
  app.add_flag("--quick", quick,
               "A twentieth of the calls, or a quarter: for trying it out");
  app
    .add_option("--measure", x.only,
                "Only measures whose name has this text, without a floor")
    ->excludes("--floor");
  app.add_option("--placement", placement, "Only 'free' or only 'pinned'")
    ->check(CLI::IsMember({"free", "pinned"}));
  bool redaction = false;
  app.add_flag("--redaction", redaction,
               "The search for hidden values alone, by size of the text");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::ostringstream out;
    auto status = app.exit(e, out, std::cerr);
    troupe::standard_output::print(out.str());
    return troupe::standard_output::finish(status);
  }
  if (redaction) {
    measure_redaction();
    return troupe::standard_output::finish(0);
  }
  raise_descriptor_limit();
  if (quick)
    x.how_much = x.how_much.quick();
  bool ok = true;
  if (placement != "pinned")
    ok = run_apart("free", x, -1) && ok;
  if (placement != "free")
    ok = run_apart("pinned to one CPU", x, 0) && ok;
  return troupe::standard_output::finish(ok ? 0 : 1);
}
