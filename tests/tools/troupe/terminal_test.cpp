// Covers tools/troupe/supervise.cpp, tools/troupe/line_output.hpp,
// tools/troupe/main_loop.hpp.
// `troupe run` at a terminal whose reader has stopped reading.

#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/tools/troupe/program.hpp"
#include "troupe/transports/io/unique_fd.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::test;

namespace {

/// A terminal whose reader has stopped reading: nearly full, so that it says it
/// could be written to.
class full_terminal {
public:
  full_terminal()
    : reader_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)) {
    char name[64];
    if (::grantpt(reader_.get()) != 0 || ::unlockpt(reader_.get()) != 0
        || ::ptsname_r(reader_.get(), name, sizeof(name)) != 0)
      throw std::runtime_error("no terminal");
    name_ = name;
    writer_.reset(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
    fill();
    while (!is_writable())
      read_some();
  }

  const std::string& name() const {
    return name_;
  }
  bool is_writable() const {
    pollfd x{writer_.get(), POLLOUT, 0};
    return ::poll(&x, 1, 0) == 1;
  }

private:
  void fill() {
    std::string text(100, 'x');
    while (::write(writer_.get(), text.data(), text.size()) > 0)
      ;
  }
  void read_some() {
    char bytes[64];
    if (::read(reader_.get(), bytes, sizeof(bytes)) <= 0)
      throw std::runtime_error("a full terminal has nothing to read");
  }

  unique_fd reader_;
  unique_fd writer_;
  std::string name_;
};

/// `troupe run FILE` on that terminal; killed with this object.
class run_at {
public:
  run_at(const full_terminal& where, const std::string& config,
         const std::string& socket) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int fd : {0, 1, 2})
      posix_spawn_file_actions_addopen(&actions, fd, where.name().c_str(),
                                       O_RDWR | O_NOCTTY, 0);
    std::vector<std::string> words{TROUPE_PROGRAM, "run",      config,
                                   "--json",       "--socket", socket};
    std::vector<char*> argv;
    for (auto& x : words)
      argv.push_back(x.data());
    argv.push_back(nullptr);
    auto failed = ::posix_spawn(&pid_, TROUPE_PROGRAM, &actions, nullptr,
                                argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0)
      throw std::runtime_error("the program cannot be started");
  }
  ~run_at() {
    if (status_ >= 0)
      return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  run_at(const run_at&) = delete;
  run_at& operator=(const run_at&) = delete;

  /// The exit status after this signal; -1 where it lives on.
  int ended_by(int signal) {
    ::kill(pid_, signal);
    int status = 0;
    if (is_gone_soon(pid_) && ::waitpid(pid_, &status, 0) == pid_)
      status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return status_;
  }

private:
  pid_t pid_ = -1;
  int status_ = -1;
};

} // namespace

SCENARIO("a terminal without a reader stops nothing", "[troupe]") {
  troupe_world world;
  auto noisy = R"("--stderr-flood","20000")";
  auto config = world.config(demo("a", noisy) + "," + demo("b", noisy));
  auto socket = world.folder() + "/here.sock";
  GIVEN("a program that has filled its terminal, and has more to say") {
    full_terminal screen;
    run_at run{screen, config, socket};
    REQUIRE(leaks::eventually([&] { return !screen.is_writable(); }));
    auto called =
      world.troupe({"call", "a", "echo", R"({"text":"x"})", "-s", socket});
    CHECK(called.out == "x\n");
    CHECK(has(world.troupe({"status", "-s", socket}).out, "ready"));
    THEN("a signal ends it, and its servers") {
      CHECK(run.ended_by(SIGTERM) == 0);
    }
  }
}
