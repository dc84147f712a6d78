// Covers tools/troupe/supervise.cpp, tools/troupe/ask.cpp,
// tools/troupe/do_alone.cpp, tools/troupe/examine.cpp,
// tools/troupe/config_file.hpp, tools/troupe/event_lines.hpp,
// tools/troupe/render_doctor.hpp.

#include "troupe/tests/tools/troupe/program.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>

using namespace troupe;
using namespace troupe::test;

namespace {

/// A server in shell: legacy dialect, with hostile names in what it says.
constexpr auto hostile_server = R"(#!/bin/sh
printf 'stderr \033]0;title\007\n' >&2
answer() {
  printf '{"jsonrpc":"2.0","id":%s,' "$1"
  printf "$2\n"
}
info='"serverInfo":{"name":"evil\\u001b[31m","version":"1"}'
about='"capabilities":{"tools":{}},"protocolVersion":"2025-11-25"'
text='"description":"\302\233 \342\200\256 \\u009b31m \\u202e"'
tool='{"name":"x\\u001b[2J","inputSchema":{"type":"object"},'"$text}"
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  case "$line" in
    *'"initialize"'*) answer "$id" '"result":{'"$about,$info}}" ;;
    *'"tools/list"'*) answer "$id" '"result":{"tools":['"$tool]}}" ;;
    *'"tools/call"'*)
      answer "$id" '"error":{"code":-32000,"message":"no \\u001b[5m"}}' ;;
  esac
done
)";

constexpr auto legacy = R"("dialect":"legacy")";

bool has_bidi(const std::string& text) {
  return has(text, "\xe2\x80\xae") || has(text, "\xc2\x9b");
}

/// One entry for each way to fail, besides a good one.
std::string ailing(const troupe_world& world) {
  auto plain = world.file("plain", "text", 0644);
  return demo("good") + R"(,"missing":{"command":"no-such-program"},)"
         + R"("plain":{"command":")" + plain + R"("},)"
         + demo("exits", R"("--exit","3")") + ","
         + demo("unset", R"("${TROUPE_TEST_UNSET}")") + ","
         + demo("future", R"("--version","2099-01-01")") + ","
         + R"("empty":{"args":[]})";
}

/// What each of them must be told with.
const std::vector<std::pair<std::string, std::string>> causes{
  {"missing", "no program no-such-program in PATH"},
  {"plain", "Permission denied"},
  {"exits", "exited with status 3"},
  {"unset", "args[0]: the variable TROUPE_TEST_UNSET is not set"},
  {"future", "no_common_version"},
};

} // namespace

SCENARIO("S48: bad servers are named, with their cause", "[troupe]") {
  troupe_world world;
  auto config = world.config(ailing(world));
  GIVEN("a program that supervises them") {
    running_troupe run{{config}};
    run.await_stderr("error: " + config + ": server 'empty': command: ");
    run.await("good: ready");
    THEN("the good one works, and status knows about the others") {
      CHECK(world.troupe({"call", "good", "echo", R"({"text":"x"})"}).out
            == "x\n");
      auto status = world.troupe({"status"});
      CHECK(has(status.out, "missing: last error: program_not_found"));
      CHECK(has(status.out, "not used: empty"));
      auto called = world.troupe({"call", "empty", "echo"});
      CHECK(has(called.error, config + ": server 'empty': command: "));
    }
    run.signal(SIGINT);
    run.rest();
    CHECK(run.exit_status() == 0);
  }
  GIVEN("a command that needs one of them") {
    for (auto& [server, cause] : causes) {
      auto called = world.troupe({"call", server, "echo", "-c", config});
      INFO(server << ": " << called.error);
      CHECK(called.status == 1);
      CHECK(has(called.error, config));
      CHECK(has(called.error, "server '" + server + "'"));
      CHECK(has(called.error, cause));
    }
  }
}

SCENARIO("S62: the doctor explains every failure", "[troupe]") {
  troupe_world world;
  auto config = world.config(ailing(world));
  GIVEN("many ailing servers and a good one") {
    auto said = world.troupe({"doctor", config});
    INFO(said.out);
    CHECK(said.status == 1);
    CHECK(has(said.out, "server 'empty': command: is missing"));
    CHECK(has(said.out, "good: ok: 11 tools"));
    CHECK(has(said.out, "1 of 6 servers work"));
    CHECK_FALSE(has(said.out, "left something behind"));
    for (auto& [server, cause] : causes) {
      CHECK(has(said.out, server + ": failed"));
      CHECK(has(said.out, cause));
    }
    CHECK(has(said.out, "Install 'no-such-program'"));
    CHECK(has(said.out, "chmod +x"));
  }
  GIVEN("their report as JSON") {
    auto value = world.troupe({"doctor", config, "--json"}).value();
    CHECK(value.find("ok")->as_bool() == false);
    CHECK(value.find("servers")->items().size() == 6);
    CHECK(value.find("errors")->items().size() == 1);
  }
  GIVEN("a variable that is set now") {
    ::setenv("TROUPE_TEST_SET", "both", 1);
    auto healthy =
      world.config(demo("a", R"("--era","${TROUPE_TEST_SET}")"), "set.json");
    CHECK(world.troupe({"doctor", healthy}).status == 0);
    ::unsetenv("TROUPE_TEST_SET");
    CHECK(world.troupe({"doctor", healthy}).status == 1);
  }
}

SCENARIO("a server without a name hides no other", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("") + "," + demo("good"));
  auto cause = config + ": server '': name: is empty";
  GIVEN("a program that supervises the file") {
    running_troupe run{{config}};
    run.await_stderr("error: " + cause);
    run.await("good: ready");
    CHECK(has(world.troupe({"status"}).out, "not used: '': is empty"));
    CHECK(has(world.troupe({"list"}).out, "server '': name: is empty"));
    CHECK(world.troupe({"reload", "good"}).status == 0);
  }
  GIVEN("commands that start what they need") {
    auto arguments = R"({"text":"x"})";
    CHECK(world.troupe({"call", "good", "echo", arguments, "-c", config}).out
          == "x\n");
    auto said = world.troupe({"doctor", config});
    CHECK(said.status == 1);
    CHECK(has(said.out, cause));
    CHECK(has(said.out, "good: ok"));
  }
}

SCENARIO("files that are no configuration are refused", "[troupe]") {
  troupe_world world;
  auto refused = [&](const std::string& path, const std::string& why) {
    for (auto& command : {std::vector<std::string>{"run", path},
                          {"doctor", path},
                          {"tools", "-c", path}}) {
      auto said = world.troupe(command);
      INFO(said.error);
      CHECK(said.status == 2);
      CHECK(has(said.error, path));
      CHECK(has(said.error, why));
    }
  };
  refused(world.folder() + "/none.json", "does not exist");
  refused(world.folder() + "/runtime", "is a directory");
  refused(world.file("broken.json", "{\"a\":\n  x}"), "line 2, column 3");
  refused(world.file("list.json", "[]"), "must be an object");
  auto nothing = world.file("nothing.json", R"({"mcpServers":{}})");
  CHECK(world.troupe({"run", nothing}).status == 2);
}

SCENARIO("what servers write never steers a terminal", "[troupe]") {
  troupe_world world;
  auto program = world.file("evil", hostile_server, 0755);
  auto config =
    world.config(R"("evil":{"command":")" + program + R"(",)" + legacy + "}");
  running_troupe run{{config}};
  auto line = run.await("stderr");
  CHECK(has(line, "\\x1b]0;title\\x07"));
  run.await("evil: ready");
  for (auto& command :
       std::vector<std::vector<std::string>>{{"tools"},
                                             {"tools", "--json"},
                                             {"status"},
                                             {"status", "--json"},
                                             {"call", "evil", "x"},
                                             {"call", "evil", "x", "--json"}}) {
    auto said = world.troupe(command);
    INFO(command.front() << ": " << said.out << said.error);
    CHECK_FALSE(has_controls(said.out + said.error));
    CHECK_FALSE(has_bidi(said.out + said.error));
  }
  auto tools = world.troupe({"tools", "--json"}).value();
  auto first = tools.find("servers")->items().at(0);
  auto name = first.find("tools")->items().at(0).find("name");
  CHECK(name->as_string() == "x\x1b[2J");
  run.signal(SIGINT);
  for (auto& rest : run.rest())
    CHECK_FALSE(has_controls(rest));
  auto doctor = world.troupe({"doctor", config, "--verbose"});
  CHECK_FALSE(has_controls(doctor.out + doctor.error));
}

SCENARIO("a running program that was stopped is no riddle", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a"));
  running_troupe run{{config}};
  run.await("a: ready");
  run.signal(SIGSTOP);
  auto said = world.troupe({"status"});
  run.signal(SIGCONT);
  INFO(said.out << said.error);
  CHECK(said.status != 0);
  CHECK(has(said.error, "is it stopped"));
  CHECK(world.troupe({"status"}).status == 0);
}
