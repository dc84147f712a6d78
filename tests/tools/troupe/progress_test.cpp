// Covers tools/troupe/progress_line.hpp, tools/troupe/ask.cpp,
// tools/troupe/do_alone.cpp, tools/troupe/commander.hpp.
// What `troupe call` shows while it waits, and what becomes of a call that is
// interrupted.

#include "troupe/tests/tools/troupe/program.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::test;

namespace {

/// A legacy server in shell. It writes "called" and "cancelled" to the pipe
/// whose name is its argument, and answers no call but "quick", which makes
/// progress before.
constexpr auto slow_server = R"(#!/bin/sh
reply() { printf '{"jsonrpc":"2.0",%s}\n' "$1"; }
about='"capabilities":{"tools":{}},"protocolVersion":"2025-11-25"'
while read -r line; do
  id=$(printf '%s' "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  news='"method":"notifications/progress","params":{"progressToken":'$id
  case "$line" in
    *'"initialize"'*) reply '"id":'"$id"',"result":{'"$about"',
      "serverInfo":{"name":"s","version":"1"}}' | tr -d '\n'; echo ;;
    *'"tools/list"'*) reply '"id":'"$id"',"result":{"tools":[]}' ;;
    *'"quick"'*)
      reply "$news"',"progress":1,"total":4,"message":"a\u001b[31mb"}'
      reply "$news"',"progress":2}'
      reply '"id":'"$id"',"result":{"content":[]}' ;;
    *'"tools/call"'*) echo called >"$1" ;;
    *'"notifications/cancelled"'*) echo cancelled >"$1" ;;
  esac
done
)";

constexpr auto patience_ms = 20'000;

/// Reads from a descriptor until the text has come, or its end.
std::string read_until(int fd, const std::string& text) {
  std::string result;
  char bytes[4096];
  pollfd x{fd, POLLIN, 0};
  while (text.empty() || !has(result, text)) {
    if (::poll(&x, 1, patience_ms) != 1)
      throw std::runtime_error("it is silent after " + result);
    auto n = ::read(fd, bytes, sizeof(bytes));
    if (n <= 0)
      return result;
    result.append(bytes, static_cast<size_t>(n));
  }
  return result;
}

/// A terminal that a program may have as its stderr.
class terminal {
public:
  terminal() : fd_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    ::grantpt(fd_);
    ::unlockpt(fd_);
    ::setenv("TERM", "xterm", 1);
  }
  ~terminal() {
    ::close(fd_);
    ::unsetenv("TERM");
  }
  std::string path() const {
    return ::ptsname(fd_);
  }
  /// All that was written, once no process has it open any more.
  std::string words() const {
    return read_until(fd_, "");
  }

private:
  int fd_;
};

/// A world with that server.
struct slow_world : troupe_world {
  slow_world() {
    ::mkfifo((folder() + "/pipe").c_str(), 0600);
    auto path = folder() + "/pipe";
    pipe = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    configuration =
      config(R"("slow":{"command":")" + file("slow", slow_server, 0755)
             + R"(","args":[")" + path + R"("],"dialect":"legacy"})");
  }
  ~slow_world() {
    ::close(pipe);
  }

  /// `troupe call` with its stderr at that place; ends with it.
  finished call(const std::string& tool, const std::string& more,
                const std::string& stderr_at) const {
    child_server run{
      {"sh", "-c",
       "exec \"$0\" call slow " + tool + " -c \"$1\" " + more + " 2>\"$2\"",
       TROUPE_PROGRAM, configuration, stderr_at}};
    finished result;
    while (auto next = run.line())
      result.out += *next + '\n';
    result.status = run.exit_status();
    return result;
  }

  int pipe = -1;
  std::string configuration;
};

constexpr auto clear_line = "\r\x1b[K";
constexpr auto first_step = "\r\x1b[K1 of 4: a\\x1b[31mb";

} // namespace

SCENARIO("a call's progress is one line of a terminal", "[troupe]") {
  slow_world world;
  GIVEN("a program that runs, and a terminal") {
    running_troupe run{{world.configuration}};
    run.await("slow: ready");
    terminal screen;
    auto open_end =
      ::open(screen.path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    WHEN("a tool makes progress") {
      CHECK(world.call("quick", "", screen.path()).status == 0);
      ::close(open_end);
      auto words = screen.words();
      INFO(words);
      CHECK(has(words, clear_line));
      CHECK((has(words, first_step) || has(words, "\r\x1b[K2\r\x1b[K")));
    }
    WHEN("the answer is wanted as JSON") {
      CHECK(world.call("quick", "--json", screen.path()).status == 0);
      ::close(open_end);
      CHECK(screen.words().empty());
    }
    WHEN("stderr is no terminal") {
      auto file = world.file("words", "");
      CHECK(world.call("quick", "", file).status == 0);
      CHECK(read_until(::open(file.c_str(), O_RDONLY | O_CLOEXEC), "").empty());
    }
    WHEN("the terminal cannot rewrite a line") {
      ::setenv("TERM", "dumb", 1);
      CHECK(world.call("quick", "", screen.path()).status == 0);
      ::close(open_end);
      CHECK_FALSE(has(screen.words(), "\x1b"));
    }
  }
  GIVEN("no program that runs") {
    terminal screen;
    auto open_end =
      ::open(screen.path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    CHECK(world.call("quick", "", screen.path()).status == 0);
    ::close(open_end);
    auto words = screen.words();
    INFO(words);
    CHECK((has(words, first_step) || has(words, "\r\x1b[K2\r\x1b[K")));
  }
}

SCENARIO("an interrupted call is cancelled at the server", "[troupe]") {
  slow_world world;
  auto call_and_interrupt = [&](int number) {
    child_server call{
      {TROUPE_PROGRAM, "call", "slow", "slow", "-c", world.configuration}};
    read_until(world.pipe, "called");
    call.signal(number);
    return call.exit_status();
  };
  GIVEN("a program that runs") {
    running_troupe run{{world.configuration}};
    run.await("slow: ready");
    for (auto number : {SIGINT, SIGTERM, SIGKILL}) {
      CHECK(call_and_interrupt(number) == -number);
      CHECK(has(read_until(world.pipe, "cancelled"), "cancelled"));
    }
    auto status = world.troupe({"status", "--json"}).value();
    auto server = status.find("servers")->items().at(0);
    CHECK(server.find("in_flight")->as_integer() == 0);
  }
  GIVEN("no program that runs") {
    CHECK(call_and_interrupt(SIGINT) == 130);
  }
}
