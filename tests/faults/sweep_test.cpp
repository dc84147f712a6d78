// Covers tools/warden/sweep.hpp, transports/guard/process_mark.hpp.

#include "troupe/tests/faults/world.hpp"
#include "troupe/transports/guard/process_mark.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

using namespace troupe;

/// A process that was ours once: it has ended, and was reaped.
static process_identity gone_host() {
  auto x = own_identity();
  int ends[2];
  if (pipe(ends) != 0)
    throw std::runtime_error("no pipe");
  x.pid = fork();
  if (x.pid == 0) {
    char byte;
    close(ends[1]);
    _exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
  }
  x.start = start_of(x.pid);
  close(ends[0]);
  close(ends[1]);
  waitpid(x.pid, nullptr, 0);
  return x;
}

static std::string entry(const process_mark& x) {
  char text[mark_text_max];
  write_mark(x, text);
  return text;
}

static std::unique_ptr<child> sleeper(std::string variable) {
  return std::make_unique<child>(
    child::options{{"/bin/sleep", "60"}, {std::move(variable)}, 0});
}

TEST_CASE("P8: the sweep kills what is provably a dead host's alone",
          "[faults]") {
  auto here = own_identity();
  auto other_boot = gone_host();
  other_boot.boot ^= 1;
  auto other_namespace = gone_host();
  other_namespace.pid_namespace ^= 1;
  auto reused = here; // our pid, once another's
  reused.start -= 1;
  auto strays = std::vector<std::unique_ptr<child>>{};
  strays.push_back(sleeper(entry({gone_host(), 1, 1})));
  strays.push_back(sleeper(entry({reused, 1, 1})));
  auto canaries = std::vector<std::unique_ptr<child>>{};
  canaries.push_back(sleeper("TROUPE_COOKIE=whatever"));
  canaries.push_back(sleeper("NO_" + entry({gone_host(), 1, 1})));
  canaries.push_back(sleeper(entry({here, 1, 1}))); // a living host's
  canaries.push_back(sleeper(entry({other_boot, 1, 1})));
  canaries.push_back(sleeper(entry({other_namespace, 1, 1})));
  auto x = world{as_whom::this_user};
  x.start("normal");
  for (auto& stray : strays)
    CHECK(
      leaks::eventually([&] { return leaks::state_of(stray->pid()) == 'Z'; }));
  // The sweep is over when its process has ended.
  auto warden = x.warden();
  CHECK(leaks::eventually(
    [&] { return leaks::children_of(warden) == world::shims_of(warden); }));
  for (auto& canary : canaries)
    CHECK(leaks::state_of(canary->pid()) == 'S');
  CHECK(leaks::state_of(x.leader()) == 'S');
}
