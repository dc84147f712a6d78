// Covers tools/troupe/control_server.hpp, tools/troupe/side_thread.hpp,
// tools/troupe/commander.hpp.
// Large results through a running `troupe run`.

#include "troupe/tests/tools/troupe/program.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace troupe;
using namespace troupe::test;

namespace {

/// CPU time that a thread has used so far, in nanoseconds.
double used_by(const std::string& schedstat) {
  double result = 0;
  std::ifstream{schedstat} >> result;
  return result;
}

struct usage {
  double main_thread = 0;
  double all = 0;
};

usage usage_of(int pid) {
  namespace fs = std::filesystem;
  usage result;
  auto folder = "/proc/" + std::to_string(pid) + "/task";
  for (auto& task : fs::directory_iterator{folder}) {
    auto used = used_by(task.path().string() + "/schedstat");
    result.all += used;
    if (task.path().filename() == std::to_string(pid))
      result.main_thread = used;
  }
  return result;
}

} // namespace

SCENARIO("large results are made beside the program's loop", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a"));
  running_troupe run{{config}};
  run.await("a: ready");
  // The least of a few calls counts: the kernel's work for the socket varies,
  // and what is made on the loop is made there in each call.
  auto least = 1.0;
  for (int i = 0; i < 3; ++i) {
    auto before = usage_of(run.pid());
    auto said =
      world.troupe({"call", "a", "blob", R"({"bytes":10000000})", "--json"});
    auto after = usage_of(run.pid());
    CHECK(said.status == 0);
    CHECK(said.out.size() > 10'000'000);
    auto share =
      (after.main_thread - before.main_thread) / (after.all - before.all);
    least = std::min(least, share);
  }
  INFO("the loop's share of the CPU time: " << least);
  CHECK(least < 0.25);
}
