// Covers messages/config/redactor.hpp, messages/config/hidden_literals.hpp,
// transports/redacted_transport.hpp, actors/client/server_words.hpp,
// tools/troupe.
// The value of a variable of the environment is never shown.

#include "troupe/tests/tools/troupe/program.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>

using namespace troupe;
using namespace troupe::test;

namespace {

/// The long one is hidden wherever it stands. The short one is hidden in our
/// own words alone: it is too short to be looked for in what servers say.
constexpr auto long_secret = "sentinel-%5f3a9c71";
constexpr auto short_secret = "%q7";

/// Says its first argument on stderr and stdout, and ends.
constexpr auto teller = R"(#!/bin/sh
echo "the token $1 is bad" >&2
echo "no such token: $1"
exit 3
)";

/// The variables of the test, in the environment of all that it starts.
class variables {
public:
  variables() {
    ::setenv("TROUPE_TEST_LONG", long_secret, 1);
    ::setenv("TROUPE_TEST_SHORT", short_secret, 1);
  }
  ~variables() {
    ::unsetenv("TROUPE_TEST_LONG");
    ::unsetenv("TROUPE_TEST_SHORT");
  }
};

std::string entry(const std::string& name, const std::string& fields) {
  return '"' + name + "\":{" + fields + "}";
}

/// A server for each way to fail with that variable.
std::string ailing(const troupe_world& world, const std::string& variable,
                   const std::string& value) {
  auto folder = world.folder() + "/f-" + value;
  auto hidden = world.folder() + "/f-${" + variable + "}";
  auto text = [](const std::string& x) { return '"' + x + '"'; };
  std::filesystem::create_directory(folder);
  world.file("f-" + value + "/plain", "text", 0644);
  world.file("f-" + value + "/empty", "\x01\x02", 0755);
  world.file("teller", teller, 0755);
  auto ref = "${" + variable + "}";
  return entry("bare", R"("command":)" + text(ref)) + ","
         + entry("missing", R"("command":)" + text(hidden + "/none")) + ","
         + entry("plain", R"("command":)" + text(hidden + "/plain")) + ","
         + entry("folder", R"("command":)" + text(hidden)) + ","
         + entry("format", R"("command":)" + text(hidden + "/empty")) + ","
         + entry("cwd", R"("command":"cat","cwd":)" + text(hidden + "/gone"))
         + "," + entry("inside", R"("command":"./none","cwd":)" + text(hidden))
         + ","
         + entry("path",
                 R"("command":"no-such","env":{"PATH":)" + text(hidden) + "}")
         + ","
         + entry("unset", R"("command":)" + text(ref) + R"(,"args":[)"
                            + text(ref) + R"(,"${TROUPE_TEST_UNSET}"])");
}

/// All that commands say about servers that fail, and what `run` says.
std::string all_words(const troupe_world& world, const std::string& config,
                      const std::vector<std::string>& servers) {
  std::string result;
  auto add = [&](const std::vector<std::string>& arguments) {
    auto said = world.troupe(arguments);
    result += said.out + said.error;
  };
  add({"doctor", config, "-v"});
  add({"doctor", config, "--json"});
  add({"list", "-c", config, "--json"});
  add({"tools", "-c", config, "-v"});
  for (auto& x : servers)
    add({"call", x, "echo", "-c", config});
  for (auto& arguments :
       std::vector<std::vector<std::string>>{{config}, {config, "--json"}}) {
    running_troupe run{arguments};
    for (auto& x : servers) {
      add({"call", x, "echo", "-t", "0.2"});
      add({"reload", x});
    }
    add({"status"});
    add({"status", "--json"});
    add({"list", "--json"});
    add({"tools", "--json"});
    add({"close", servers.front(), "--json"});
    run.signal(SIGINT);
    for (auto& line : run.rest())
      result += line + '\n';
  }
  return result;
}

const std::vector<std::string> names{"bare",   "missing", "plain",
                                     "folder", "format",  "cwd",
                                     "inside", "path",    "unset"};

} // namespace

SCENARIO("X2 in part: errors show variables, not their values", "[troupe]") {
  for (std::string name : {"TROUPE_TEST_LONG", "TROUPE_TEST_SHORT"}) {
    troupe_world world; // its alarm is for one server
    variables set;
    std::string value = std::getenv(name.c_str());
    auto config = world.config(ailing(world, name, value), name + ".json");
    auto words = all_words(world, config, names);
    INFO(words);
    CHECK_FALSE(has(words, value));
    auto hidden = world.folder() + "/f-${" + name + "}";
    CHECK(has(words, "no program ${" + name + "} in PATH"));
    CHECK(has(words, "cannot execute " + hidden + "/none: No such file"));
    CHECK(has(words, "cannot execute " + hidden + "/plain: Permission"));
    CHECK(has(words, "cannot execute " + hidden + ": Is a directory"));
    CHECK(has(words, "cannot execute " + hidden + "/empty: Exec format"));
    CHECK(has(words, "cannot enter the folder " + hidden + "/gone: No such"));
    CHECK(has(words, "cannot execute " + hidden + "/./none: No such file"));
    CHECK(has(words, "no program no-such in PATH (" + hidden + "): No such"));
    CHECK(has(words, "args[1]: the variable TROUPE_TEST_UNSET is not set"));
  }
}

SCENARIO("X2 in part: servers that tell a secret are not repeated",
         "[troupe]") {
  troupe_world world;
  variables set;
  auto config = world.config(
    entry("teller", R"("command":")" + world.file("teller", teller, 0755)
                      + R"(","args":["${TROUPE_TEST_LONG}"])"));
  auto words = all_words(world, config, {"teller"});
  INFO(words);
  CHECK_FALSE(has(words, long_secret));
  CHECK(has(words, "the token ${TROUPE_TEST_LONG} is bad"));
}

SCENARIO("X2 in part: a secret that stands in the file is not repeated",
         "[troupe]") {
  troupe_world world;
  auto command = world.file("teller", teller, 0755);
  auto config = world.config(
    entry("teller", R"("command":"/bin/sh","args":["-c","exec )" + command
                      + R"( \"$API_TOKEN\""],"env":{"API_TOKEN":")"
                      + long_secret + R"("})"));
  auto words = all_words(world, config, {"teller"});
  INFO(words);
  CHECK_FALSE(has(words, long_secret));
  CHECK(has(words, "the token (env API_TOKEN) is bad"));
}
