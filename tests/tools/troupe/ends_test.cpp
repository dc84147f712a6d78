// Covers tools/troupe/main.cpp, tools/troupe/supervise.cpp,
// tools/troupe/session_loop.hpp, transports/io/fill_stdio.hpp.
// How the program begins and ends, as a shell sees it.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/tools/troupe/program.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto deaf = R"("--ignore-eof","--ignore-term")";
constexpr auto patient = R"("timeouts":{"stop_grace":"60s"})";
constexpr auto mute = R"("--mute")";

/// Holds a process as a debugger does: its parent does not hear of its end, so
/// that the end cannot be proved, until this object lets go.
class held {
public:
  explicit held(int pid)
    : pid_(pid), works_(::ptrace(PTRACE_SEIZE, pid, 0, 0) == 0) {
    if (!works_)
      std::cout << "SKIPPED: no process may be traced here\n";
  }
  ~held() {
    if (!works_)
      return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, __WALL);
  }
  held(const held&) = delete;
  held& operator=(const held&) = delete;

  explicit operator bool() const {
    return works_;
  }

private:
  int pid_;
  bool works_;
};

/// Whether a process blocks a signal; true for one that has ended.
bool blocks(int pid, int signal) {
  auto mask = leaks::status_field(pid, "SigBlk");
  auto bits = std::strtoull(mask.c_str(), nullptr, 16);
  return mask.empty() || ((bits >> (signal - 1)) & 1) != 0;
}

/// `troupe` with these arguments, on pipes.
child_server start(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), TROUPE_PROGRAM);
  return child_server{std::move(arguments)};
}

} // namespace

SCENARIO("a program that a signal ended says which", "[troupe]") {
  troupe_world world;
  const std::vector<int> signals{SIGINT, SIGTERM, SIGHUP};
  GIVEN("servers that take a minute to stop, and a second signal") {
    auto slow = world.config(demo("deaf", deaf, patient));
    for (auto number : signals) {
      running_troupe run{{slow}};
      run.await("deaf: ready");
      run.signal(number);
      run.await("stopping");
      run.signal_until_it_ends(number);
      INFO("signal " << number);
      CHECK(run.exit_status() == 128 + number);
    }
  }
  GIVEN("a signal that comes twice at once, as `timeout` sends it") {
    auto slow =
      world.config(demo("deaf", deaf, R"("timeouts": {"stop_grace": "1s"})"));
    for (auto number : signals) {
      running_troupe run{{slow}};
      run.await("deaf: ready");
      run.signal(number);
      run.await("stopping");
      run.signal(number);
      auto said = run.rest();
      INFO("signal " << number);
      CHECK(run.exit_status() == 0);
      REQUIRE_FALSE(said.empty());
      CHECK(has(said.back(), "nothing is left"));
    }
  }
  GIVEN("a command that waits for a server of its own") {
    auto silent = world.config(demo("silent", mute));
    for (auto number : signals)
      for (auto& arguments : std::vector<std::vector<std::string>>{
             {"call", "silent", "echo", "-v", "-c", silent},
             {"tools", "silent", "-v", "-c", silent},
             {"doctor", "-v", silent}}) {
        auto run = start(arguments);
        run.await_stderr("silent: handshaking");
        run.signal(number);
        INFO(arguments.front() << ", signal " << number);
        CHECK(run.exit_status() == 128 + number);
      }
  }
  GIVEN("a wish for help") {
    THEN("it names both") {
      auto help = world.troupe({"--help"}).out;
      CHECK(has(help, "130"));
      CHECK(has(help, "143"));
    }
  }
}

SCENARIO("closed standard descriptors are no place for others", "[troupe]") {
  troupe_world world;
  herald started{world.folder()};
  auto config = world.config(demo("a", started.option()));
  auto socket = world.folder() + "/here.sock";
  GIVEN("a program that was started without any") {
    child_server run{{"sh", "-c",
                      "exec \"$0\" run \"$1\" -s \"$2\" <&- >&- 2>&-",
                      TROUPE_PROGRAM, config, socket}};
    REQUIRE(started.await() > 0);
    auto called =
      world.troupe({"call", "a", "echo", R"({"text":"x"})", "-s", socket});
    CHECK(called.out == "x\n");
    for (auto fd : {"0", "1", "2"})
      CHECK(std::filesystem::read_symlink("/proc/" + std::to_string(run.pid())
                                          + "/fd/" + fd)
            == "/dev/null");
    run.signal(SIGTERM);
    CHECK(run.exit_status() == 0);
  }
}

SCENARIO("the last wait of all can be cut short", "[troupe]") {
  troupe_world world;
  herald started{world.folder()};
  auto config = world.config(demo("a", started.option()));
  GIVEN("a server whose end cannot be proved") {
    running_troupe run{{config}};
    run.await("a: ready");
    held server{started.await()};
    if (!server)
      return;
    REQUIRE(blocks(run.pid(), SIGTERM));
    run.signal(SIGINT);
    THEN("the verdict comes in time, and another signal still counts") {
      CHECK(has(run.await("stopped 1 server"), "something may be left"));
      CHECK(leaks::eventually([&] { return !blocks(run.pid(), SIGTERM); }));
      CHECK(is_alive(run.pid()));
      run.signal(SIGTERM);
      CHECK(run.exit_status() == -SIGTERM);
    }
  }
}
