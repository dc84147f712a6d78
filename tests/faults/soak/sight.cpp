// A harness that cannot see a leak passes everything: it first makes some.

#include "troupe/tests/faults/soak/census.hpp"

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/type_ids.hpp"
#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/transports/guard/process_mark.hpp"

#include <functional>
#include <future>
#include <thread>

#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::soak {

namespace {

class idler : public actor_base {
public:
  using actor_base::actor_base;

protected:
  caf::message_handler handlers() override {
    return table([this](const get_status&) { return status("idle"); });
  }
  void on_stop() override {
    // nop
  }
};

/// A process with our mark that no guard of ours started.
pid_t start_stray() {
  auto entry = std::string{mark_name} + '=' + std::to_string(getpid()) + ".1";
  char program[] = "sleep";
  char seconds[] = "600";
  char* args[] = {program, seconds, nullptr};
  char* env[] = {entry.data(), nullptr};
  pid_t pid = 0;
  if (posix_spawn(&pid, "/bin/sleep", nullptr, nullptr, args, env) != 0)
    return 0;
  return pid;
}

struct sight {
  caf::actor_system& system;
  census was = take_census(system);
  std::string missed;

  void expect(const std::string& words) {
    std::string seen;
    auto is_seen = leaks::eventually([&] {
      seen = difference(was, take_census(system));
      return seen.find(words) != seen.npos;
    });
    if (!is_seen)
      missed += "a leak of " + words + " shows as '" + seen + "'; ";
  }

  void expect_nothing(const std::string& after) {
    if (auto seen = settled_difference(system, was); !seen.empty())
      missed += "after " + after + ": " + seen + "; ";
  }
};

void leak_process(sight& x) {
  auto stray = start_stray();
  x.expect("servers");
  x.expect("children");
  kill(stray, SIGKILL);
  x.expect("zombies");
  waitpid(stray, nullptr, 0);
  x.expect_nothing("a process");
}

void leak_descriptor(sight& x) {
  auto fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  x.expect("descriptors");
  close(fd);
  x.expect_nothing("a descriptor");
}

void leak_thread(sight& x) {
  std::promise<void> end;
  std::thread idle{[until = end.get_future()] { until.wait(); }};
  x.expect("threads");
  end.set_value();
  idle.join();
  x.expect_nothing("a thread");
}

void leak_actor(sight& x) {
  auto actor = x.system.spawn<idler>();
  x.expect("actors");
  exit_now(actor, caf::exit_reason::user_shutdown);
  actor = nullptr;
  x.expect_nothing("an actor");
}

void leak_memory(sight& x) {
  auto before = resident_kib();
  std::string much(8u << 20, 'x');
  if (resident_kib() < before + 7 * 1024)
    x.missed += "8 MiB of memory do not show; ";
}

} // namespace

std::string blind_spots(caf::actor_system& system) {
  sight x{system};
  leak_process(x);
  leak_descriptor(x);
  leak_thread(x);
  leak_actor(x);
  leak_memory(x);
  return x.missed;
}

} // namespace troupe::soak
