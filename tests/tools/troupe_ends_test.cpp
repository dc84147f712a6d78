// How the program begins and ends, as a shell sees it.

#include "tests/tools/troupe_program.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto deaf = R"("--ignore-eof","--ignore-term")";
constexpr auto patient = R"("timeouts":{"stop_grace":"60s"})";
constexpr auto mute = R"("--mute")";

/// `troupe` with these arguments, on pipes.
child_server start(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), TROUPE_PROGRAM);
  return child_server{std::move(arguments)};
}

/// A pipe with a name, into which a server writes its pid once it runs.
class herald {
public:
  explicit herald(const troupe_world& world)
    : path_(world.folder() + "/herald") {
    ::mkfifo(path_.c_str(), 0600);
    fd_ = ::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  }
  ~herald() {
    ::close(fd_);
  }
  std::string option() const {
    return R"("--pid-file",")" + path_ + '"';
  }
  bool came_soon() const {
    pollfd x{fd_, POLLIN, 0};
    return ::poll(&x, 1, 20'000) == 1;
  }

private:
  std::string path_;
  int fd_ = -1;
};

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
      run.signal(number);
      INFO("signal " << number);
      CHECK(run.exit_status() == 128 + number);
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
  herald started{world};
  auto config = world.config(demo("a", started.option()));
  auto socket = world.folder() + "/here.sock";
  GIVEN("a program that was started without any") {
    child_server run{{"sh", "-c",
                      "exec \"$0\" run \"$1\" -s \"$2\" <&- >&- 2>&-",
                      TROUPE_PROGRAM, config, socket}};
    REQUIRE(started.came_soon());
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
