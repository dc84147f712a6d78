// Covers tools/troupe/line_output.hpp, tools/troupe/main.cpp,
// tools/standard_output.hpp.
// What becomes of the program's output where it cannot be written.

#include "troupe/tests/tools/troupe/program.hpp"

#include <catch2/catch.hpp>

#include <csignal>

using namespace troupe;
using namespace troupe::test;

namespace {

/// The exit status, and all of stderr, of a command whose stdout is there:
/// `$0` is the program, `$1` the configuration.
finished with_stderr(const troupe_world& world, const std::string& line,
                     const std::string& config,
                     const std::string& program = TROUPE_PROGRAM) {
  auto file = world.folder() + "/stderr";
  child_server run{
    {"sh", "-c", "exec 2>\"$2\"; " + line, program, config, file}};
  finished result;
  while (auto next = run.line())
    result.out += *next + '\n';
  result.status = run.exit_status();
  child_server read{{"cat", file}};
  while (auto next = read.line())
    result.error += *next + '\n';
  return result;
}

constexpr auto is_full = "stdout cannot be written: No space left on device";

} // namespace

SCENARIO("output that is lost is an error, with a sentence", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a"));
  for (auto command :
       {"--help", "doctor --help", "nope --json", "doctor \"$1\"",
        "doctor --json \"$1\"", "list -c \"$1\"", "tools -c \"$1\"",
        "tools --json -c \"$1\"", "call a echo '{\"text\":\"x\"}' -c \"$1\""}) {
    auto said = with_stderr(
      world, std::string{"\"$0\" "} + command + " >/dev/full", config);
    INFO(command << ": " << said.error);
    CHECK(said.status != 0);
    CHECK(has(said.error, is_full));
    CHECK(has(said.error, "troupe: error: "));
  }
  GIVEN("another program that prints and ends") {
    auto said =
      with_stderr(world, "\"$0\" --help >/dev/full", config, DEMO_SERVER);
    CHECK(said.status != 0);
    CHECK(has(said.error, is_full));
  }
}

SCENARIO("a reader that went away is told nothing, and no error", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a"));
  // A pipe that has no reader any more.
  auto pipe = std::string{"mkfifo \"$1.pipe\"; exec 3<>\"$1.pipe\" "
                          "4>\"$1.pipe\" 3<&-; \"$0\" "};
  for (auto command : {"--help", "doctor \"$1\"", "list -c \"$1\""}) {
    auto said = with_stderr(
      world, pipe + command + " >&4; x=$?; rm \"$1.pipe\"; exit $x", config);
    INFO(command << ": " << said.error);
    CHECK(said.status == 128 + SIGPIPE);
    CHECK(said.error.empty());
  }
}

SCENARIO("servers run on where events cannot be printed", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a"));
  child_server run{
    {"sh", "-c", "exec \"$0\" run \"$1\" >/dev/full", TROUPE_PROGRAM, config}};
  run.await_stderr(is_full);
  auto called = world.troupe({"call", "a", "echo", R"({"text":"x"})"});
  CHECK(called.out == "x\n");
  run.signal(SIGINT);
  CHECK(run.exit_status() == 1);
}
