// Measures Troupe against a raw pipe to the same server, in one run: once as
// the scheduler likes it, and once with everything on one CPU, because
// placement alone moves a round trip by several times.

#include "tools/bench/figures.hpp"

#include <CLI/CLI.hpp>

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace {

using namespace troupe::bench;

bool pin_to(int cpu) {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(cpu, &one);
  return sched_setaffinity(0, sizeof one, &one) == 0;
}

/// In a process of its own: placement and memory start afresh.
bool run_apart(const std::string& title, const std::string& server,
               const amounts& how_much, int cpu) {
  std::fflush(stdout);
  auto child = fork();
  if (child == 0) {
    if (cpu >= 0 && !pin_to(cpu)) {
      std::perror("bench: cannot pin");
      _exit(1);
    }
    auto floor = measure_floor(server, how_much);
    print_table(title, floor, measure_troupe(server, how_much));
    _exit(0);
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
  CLI::App app{"Measures Troupe beside a raw pipe to the same server"};
  auto server =
    fs::read_symlink("/proc/self/exe").parent_path() / "demo-server";
  std::string path = server;
  bool quick = false;
  std::string only;
  app.add_option("--server", path, "The stdio server")
    ->check(CLI::ExistingFile);
  app.add_flag("--quick", quick, "A twentieth of the calls: for trying it out");
  app.add_option("--placement", only, "Only 'free' or only 'pinned'")
    ->check(CLI::IsMember({"free", "pinned"}));
  CLI11_PARSE(app, argc, argv);
  raise_descriptor_limit();
  amounts n;
  if (quick)
    n = n.quick();
  bool ok = true;
  if (only != "pinned")
    ok = run_apart("free", path, n, -1) && ok;
  if (only != "free")
    ok = run_apart("pinned to one CPU", path, n, 0) && ok;
  return ok ? 0 : 1;
}
