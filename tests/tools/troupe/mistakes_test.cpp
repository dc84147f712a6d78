// Covers tools/troupe/options.hpp, tools/troupe/config_file.hpp,
// tools/troupe/paths.hpp, tools/troupe/control_client.hpp,
// tools/troupe/line_output.hpp, tools/troupe/examine.cpp.
// Mistakes of users, and the sentences that explain them.

#include "troupe/tests/support/tls_files.hpp"
#include "troupe/tests/tools/troupe/program.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::test;

namespace {

/// Runs a command both ways: told in words, and as JSON.
void is_refused(const troupe_world& world, std::vector<std::string> arguments,
                int status, const std::string& why) {
  auto said = world.troupe(arguments);
  INFO(arguments.front() << ": " << said.out << said.error);
  CHECK(said.status == status);
  CHECK(said.out.empty());
  CHECK(has(said.error, "troupe: error: "));
  CHECK(has(said.error, why));
  CHECK_FALSE(has_controls(said.error));
  arguments.push_back("--json");
  auto as_json = world.troupe(arguments);
  CHECK(as_json.status == status);
  CHECK(as_json.error.empty());
  auto error = as_json.value().find("error").value_or(json{});
  CHECK(has(error.find("text").value_or(json{}).as_string().value_or(""), why));
}

/// What a shell makes of it.
finished in_shell(const std::string& line, const std::string& config) {
  child_server run{{"sh", "-c", line, TROUPE_PROGRAM, config}};
  finished result;
  while (auto next = run.line())
    result.out += *next + '\n';
  result.status = run.exit_status();
  return result;
}

} // namespace

SCENARIO("mistakes of a command line are explained", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a"));
  is_refused(world, {"nope"}, 2, "there is no command 'nope'");
  is_refused(world, {"call", "a"}, 2, "TOOL is required");
  is_refused(world, {"call", "", "echo", "-c", config}, 2, "SERVER: must not");
  is_refused(world, {"call", "a", "echo", "{\"a\":x}", "-c", config}, 2,
             "not JSON at byte 5");
  is_refused(world, {"call", "a", "echo", "[]", "-c", config}, 2,
             "must be a JSON object");
  is_refused(world, {"call", "a", "echo", "{\"a\":\"\xff\"}", "-c", config}, 2,
             "not UTF-8 at byte 6");
  is_refused(world, {"call", "b\x1b\xff", "echo", "-c", config}, 1, "it has a");
  is_refused(world, {"call", "a", "nope", "-c", config}, 1, "nope");
  is_refused(world, {"tools", "b", "-c", config}, 1, "names no server 'b'");
  is_refused(world, {"status"}, 3, "nothing runs");
  is_refused(world, {"close", "a", "-c", config}, 3, "nothing runs for it");
}

SCENARIO("files that cannot be used are told apart", "[troupe]") {
  troupe_world world;
  auto none = world.folder() + "/none.json";
  for (std::string command : {"run", "doctor"}) {
    is_refused(world, {command, none}, 2, "none.json: does not exist");
    is_refused(world, {command, world.file("empty.json", "")}, 2, "is empty");
    is_refused(world, {command, world.folder()}, 2, "is a directory");
    auto twice = world.config(demo("a") + ",\n" + demo("a"), "twice.json");
    is_refused(world, {command, twice}, 2,
               "line 2, column 1: the key \"a\" appears twice");
  }
  for (std::string command : {"status", "list", "tools"})
    is_refused(world, {command, "-c", none}, 2, "none.json: does not exist");
  GIVEN("a file that may not be read") {
    if (::geteuid() == 0) {
      WARN("skipped: needs a user who is not root");
      return;
    }
    auto hidden = world.file("hidden.json", "{}", 0);
    is_refused(world, {"run", hidden}, 2, "Permission denied");
  }
}

SCENARIO("sockets that cannot be used are told apart", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a"));
  auto file = world.file("file", "");
  is_refused(world, {"status", "-s", file}, 2, "file: is not a socket");
  auto none = world.folder() + "/none";
  is_refused(world, {"status", "-s", none}, 3, "nothing runs there");
  auto path = world.folder() + "/" + std::string(120, 'x');
  is_refused(world, {"status", "-s", path}, 1, "is too long for a socket");
  is_refused(world, {"run", config, "-s", path}, 1, "is too long for a socket");
  is_refused(world, {"run", config, "-s", "/nowhere/x"}, 1, "cannot be made");
  GIVEN("one that a dead program left") {
    auto left = world.folder() + "/left";
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    left.copy(where.sun_path, sizeof(where.sun_path) - 1);
    auto fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&where), sizeof(where))
            == 0);
    ::close(fd);
    is_refused(world, {"status", "-s", left}, 3, "nothing runs there");
    running_troupe run{{config, "-s", left}};
    run.await("a: ready");
    CHECK(world.troupe({"status", "-s", left}).status == 0);
  }
}

SCENARIO("a reader that goes away ends no server", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a"));
  GIVEN("a command whose reader wants one line") {
    auto said = in_shell("\"$0\" tools -c \"$1\" | head -1", config);
    CHECK(said.out == "a\n");
    CHECK(said.status == 0);
    CHECK(in_shell("\"$0\" --help | head -1", config).status == 0);
  }
  GIVEN("a closed output") {
    auto said = in_shell("\"$0\" tools -c \"$1\" >&-", config);
    CHECK(said.out.empty());
    CHECK(in_shell("\"$0\" list -c \"$1\" >/dev/full", config).status == 1);
  }
  GIVEN("a program that runs, whose reader has gone") {
    child_server run{{"sh", "-c", "\"$0\" run \"$1\" | head -1; echo gone",
                      TROUPE_PROGRAM, config}};
    while (auto next = run.line())
      if (has(*next, "runs, pid"))
        break;
    auto called = world.troupe({"call", "a", "echo", R"({"text":"x"})"});
    CHECK(called.out == "x\n");
    auto status = world.troupe({"status", "--json"}).value();
    auto pid = status.find("pid").value_or(json{}).as_integer().value_or(0);
    REQUIRE(pid > 1);
    ::kill(static_cast<int>(pid), SIGINT);
    CHECK(is_gone_soon(static_cast<int>(pid)));
  }
}

SCENARIO("a runtime folder of another user is not needed", "[troupe]") {
  troupe_world world;
  auto config = world.config(demo("a"));
  ::setenv("XDG_RUNTIME_DIR", (world.folder() + "/gone").c_str(), 1);
  auto said =
    world.troupe({"call", "a", "echo", R"({"text":"hi"})", "--config", config});
  INFO(said.error);
  CHECK(said.status == 0);
  CHECK(said.out == "hi\n");
}

SCENARIO("the doctor tells a server's words from silence", "[troupe]") {
  troupe_world world;
  auto script = world.file("lost", "#!/nowhere/interpreter\n", 0755);
  auto config = world.config(
    R"("usage": {"command":"/bin/echo","args":["Usage: server --stdio"]},)"
    R"("lost": {"command":")"
    + script + R"("})");
  auto said = world.troupe({"doctor", config});
  INFO(said.out);
  CHECK(has(said.out, "stdout: "));
  CHECK(has(said.out, "Usage: server --stdio"));
  CHECK(has(said.out, "what runs it is not"));
  auto servers = world.troupe({"doctor", "--json", config})
                   .value()
                   .find("servers")
                   .value_or(json{});
  CHECK(has(std::string{servers.text()}, "Usage: server --stdio"));
}

SCENARIO("S34: the doctor knows TLS that cannot be trusted", "[troupe]") {
  troupe_world world;
  auto files = tls_files{};
  auto peer = http_peer{echo_all, files.server};
  auto advice = std::string{"not with TLS that can be trusted"};
  auto doctor_of = [&](const std::string& ca) {
    auto config = world.config(R"("far": {"url":")" + peer.url()
                               + R"(","tls":{"ca_file":")" + ca + R"("}})");
    return world.troupe({"doctor", config});
  };
  GIVEN("an authority that does not vouch for the server") {
    auto said = doctor_of(files.other_ca);
    INFO(said.out);
    CHECK(said.status == 1);
    CHECK(has(said.out, advice));
  }
  GIVEN("an authority that vouches for it, and a server that speaks no MCP") {
    auto said = doctor_of(files.ca);
    INFO(said.out);
    CHECK(said.status == 1);
    CHECK_FALSE(has(said.out, advice));
  }
}
