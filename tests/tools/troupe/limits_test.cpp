// Covers tools/troupe/main.cpp, tools/troupe/supervise.cpp,
// tools/troupe/host.hpp.
// `troupe run` where its user may have no more descriptors, or threads.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/tools/troupe/program.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <iostream>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

using namespace troupe;
using namespace troupe::test;

namespace {

/// How one run ended that was told to stop once its server had a state.
struct ending {
  int status = 0;
  bool was_ready = false;
  std::string error; ///< all of its stderr where it ended by itself
};

/// Below this, the program is not even loaded.
constexpr auto first = 4;

/// Far more than the program and one server need.
constexpr auto plenty = 64;
/// The status that the loader of programs ends with.
constexpr auto not_loaded = 127;

/// `troupe run` under a limit that `wrapped` sets.
ending run_under(std::vector<std::string> wrapped, const std::string& config) {
  for (auto x : {TROUPE_PROGRAM, "run"})
    wrapped.push_back(x);
  wrapped.push_back(config);
  child_server run{std::move(wrapped)};
  ending result;
  auto told = false;
  while (auto line = run.line()) {
    result.was_ready = result.was_ready || has(*line, "a: ready");
    auto has_state =
      result.was_ready || has(*line, "backoff") || has(*line, "failed");
    if (has_state && !std::exchange(told, true))
      run.signal(SIGTERM);
  }
  result.status = run.exit_status();
  result.error = run.all_errors();
  return result;
}

/// From too little to plenty: each run either works, or ends with a sentence.
/// Never by a signal, as an exception that is not caught would have it.
template <class Wrap>
void try_all(const std::string& config, Wrap wrap) {
  auto worked = 0;
  auto refused = 0;
  for (auto most = first; most < plenty && worked < 3; ++most) {
    INFO("at most " << most);
    auto end = run_under(wrap(std::to_string(most)), config);
    INFO(end.error);
    if (end.status == not_loaded) // too little even for its libraries
      continue;
    CHECK((end.status == 0 || end.status == 1));
    if (end.status != 0)
      CHECK(has(end.error, "troupe: "));
    refused += end.status != 0;
    worked += end.was_ready;
  }
  CHECK(refused > 0);
  CHECK(worked == 3);
}

} // namespace

SCENARIO("without descriptors the program ends with a sentence", "[troupe]") {
  troupe_world world;
  try_all(world.config(demo("a")), [](const std::string& most) {
    return std::vector<std::string>{"prlimit", "--nofile=" + most};
  });
}

SCENARIO("without threads the program ends with a sentence", "[troupe]") {
  if (::geteuid() != 0) {
    std::cout << "SKIPPED: to run as another user needs root\n";
    return;
  }
  troupe_world world;
  auto config = world.config(demo("a"));
  ::chmod(world.folder().c_str(), 0755);
  auto user = 2'000'000 + ::getpid() * 64;
  try_all(config, [&](const std::string& most) {
    // One for each run: what process 1 has not reaped yet counts, too.
    auto id = std::to_string(++user);
    auto runtime = world.folder() + "/" + id;
    REQUIRE(::mkdir(runtime.c_str(), 0700) == 0);
    REQUIRE(::chown(runtime.c_str(), static_cast<uid_t>(user), 0) == 0);
    return std::vector<std::string>{"env",     "XDG_RUNTIME_DIR=" + runtime,
                                    "setpriv", "--reuid",
                                    id,        "--clear-groups",
                                    "prlimit", "--nproc=" + most};
  });
}
