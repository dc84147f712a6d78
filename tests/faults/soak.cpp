// Starts, stops, reloads and hurts servers at random, and asks the kernel what
// is left. The same seed makes the same choices.

#include "support/child.hpp"
#include "support/leak_counter.hpp"
#include "support/live_world.hpp"
#include "transports/cookie.hpp"

#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include <cstdio>
#include <random>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::test;

namespace {

size_t cycles = 1000;
size_t servers_at_once = 8;
unsigned seed = 1;

/// What a server is like.
const std::vector<std::vector<std::string>> kinds{
  {},
  {"--ignore-eof", "--ignore-term"},
  {"--daemonize"},
  {"--setsid-child"},
  {"--die-on-call", "1"},
  {"--flap", "5"},
  {"--mute-initialize"},
  {"--stderr-flood", "100000"},
  {"--stop-reading"},
  {"--exit", "1"},
  {"--banner", "--garbage"},
};

/// What is done to it before it is closed.
enum class fault {
  none,
  close_while_starting,
  call_in_flight,
  reload,
  kill_server,
  kill_shim,
  kill_warden,
  close_twice,
  count,
};

/// One server's life in the soak.
class cycle {
public:
  cycle(live_world& world, const std::string& name, std::mt19937& random)
    : world_(world), name_(name) {
    auto kind = random() % kinds.size();
    what_ = static_cast<fault>(random() % static_cast<int>(fault::count));
    if (what_ == fault::kill_warden && random() % 8 != 0)
      what_ = fault::kill_server; // each costs everybody a new warden
    auto spec = world.demo(name, kinds[kind]);
    spec.timeouts.stop_grace = 20ms;
    spec.timeouts.drain = 20ms;
    spec.timeouts.ready = 500ms;
    world.open(spec);
    // An answer in either case: some of them never are ready.
    if (what_ != fault::close_while_starting)
      readied_ = world.start_ready(name);
  }

  void strike() {
    if (readied_)
      (void)readied_->get();
    call_tool echo = tool_call("echo", R"({"text":"x"})");
    calls_.push_back(world_.start_call(name_, echo));
    auto pid = world_.status(name_).pid;
    switch (what_) {
      case fault::call_in_flight:
        calls_.push_back(
          world_.start_call(name_, tool_call("sleep", R"({"ms":60000})")));
        break;
      case fault::reload: reloaded_ = world_.start_reload(name_); break;
      case fault::kill_server: hurt(pid); break;
      case fault::kill_shim: hurt(pid > 0 ? leaks::parent_of(pid) : 0); break;
      case fault::kill_warden: hurt(world_.tree().warden_pid); break;
      default: break;
    }
    closed_.push_back(world_.start_close(name_));
    if (what_ == fault::close_twice)
      closed_.push_back(world_.start_close(name_));
  }

  /// Every request has exactly one answer, and nothing is left.
  void finish() {
    INFO(name_ << ", fault " << static_cast<int>(what_));
    for (auto& x : calls_)
      (void)x.get();
    if (reloaded_)
      (void)reloaded_->get();
    auto& first = closed_.front().get();
    INFO(first.error.text << " " << first.value.text);
    CHECK(first.ok());
    // Shim and warden may both have been hit, by two cycles of one round.
    CHECK(first.value.left != proof::unkillable);
    for (auto& x : closed_)
      (void)x.get();
  }

private:
  static void hurt(pid_t pid) {
    // Its parent may be process 1 by now; that one is nobody's to kill.
    if (pid > 1)
      kill(pid, SIGKILL);
  }

  live_world& world_;
  std::string name_;
  fault what_ = fault::none;
  std::vector<pending<call_tool_result>> calls_;
  std::optional<pending<client_status>> readied_;
  std::optional<pending<client_status>> reloaded_;
  std::vector<pending<stop_report>> closed_;
};

long resident_kib() {
  return std::stol(leaks::status_field(getpid(), "VmRSS"));
}

void show_progress(size_t done) {
  if (done % 1000 == 0 || (done % 100 == 0 && isatty(STDERR_FILENO)))
    std::fprintf(stderr, "soak: %zu of %zu cycles, %ld KiB resident, %zu fds\n",
                 done, cycles, resident_kib(), leaks::fds_of(getpid()));
}

} // namespace

TEST_CASE("the soak would see a leak", "[soak]") {
  auto cookie = std::string{cookie_name} + "=" + std::to_string(getpid()) + "."
                + std::to_string(start_of(getpid())) + ".leak";
  char program[] = "sleep";
  char seconds[] = "60";
  char* argv[] = {program, seconds, nullptr};
  char* env[] = {cookie.data(), nullptr};
  pid_t pid = 0;
  REQUIRE(posix_spawn(&pid, "/bin/sleep", nullptr, nullptr, argv, env) == 0);
  CHECK(leaks::eventually(
    [&] { return live_world::servers(getpid()) == std::vector<pid_t>{pid}; }));
  kill(pid, SIGKILL);
  CHECK(leaks::zombies_of(getpid()) <= 1);
  waitpid(pid, nullptr, 0);
  CHECK(live_world::servers(getpid()).empty());
}

TEST_CASE("S17 S50: cycles with random faults leave processes, descriptors, "
          "threads and actors as they were",
          "[soak]") {
  INFO("replay with --seed " << seed);
  std::mt19937 random{seed};
  live_world world; // its end compares everything with its begin
  set_alarm(static_cast<unsigned>(120 + cycles / 5));
  size_t fds_then = 0;
  for (size_t done = 0; done < cycles;) {
    std::vector<cycle> round;
    for (size_t i = 0; i < servers_at_once && done < cycles; ++i, ++done) {
      round.emplace_back(world, "s" + std::to_string(i), random);
      show_progress(done + 1);
    }
    for (auto& x : round)
      x.strike();
    for (auto& x : round)
      x.finish();
    CHECK(
      leaks::eventually([] { return live_world::servers(getpid()).empty(); }));
    CHECK(leaks::zombies_of(getpid()) == 0);
    // The first rounds start what stays: the warden, the threads.
    if (fds_then == 0 && done >= 10 * servers_at_once)
      fds_then = leaks::fds_of(getpid());
  }
  CHECK((fds_then == 0 || leaks::eventually([&] {
           return leaks::fds_of(getpid()) <= fds_then;
         })));
}

int main(int argc, char** argv) {
  using Catch::clara::Opt;
  Catch::Session session;
  auto line = session.cli()
              | Opt(cycles, "N")["--cycles"]("lives of servers (1000)")
              | Opt(servers_at_once, "K")["--servers"]("at once (8)")
              | Opt(seed, "S")["--seed"]("of the choices (1)");
  session.cli(line);
  if (auto wrong = session.applyCommandLine(argc, argv); wrong != 0)
    return wrong;
  return session.run();
}
