// A small program with the runtime in it, for a test to kill or to limit.
//
//   system_host WARDEN hold SERVER PIDS
//     starts servers of several habits, says "ready", and stays
//   system_host WARDEN churn SERVER DESCRIPTORS CYCLES
//     reloads one server so often under that limit of descriptors, and says
//     "early N" and "late N", the descriptors in use, and "answered YES|NO"

#include "troupe/actors/blocking.hpp"
#include "troupe/actors/runtime.hpp"
#include "troupe/actors/type_ids.hpp"
#include "troupe/tests/support/chosen_scheduler.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

using namespace troupe;

namespace {

constexpr auto patience = std::chrono::seconds{60};
/// After so many cycles everything that is opened once has been opened.
constexpr int settled_after = 10;

void say(const std::string& line) {
  auto text = line + "\n";
  if (write(1, text.data(), text.size()) < 0)
    _exit(1);
}

[[noreturn]] void fail(const std::string& text) {
  std::fprintf(stderr, "system_host: %s\n", text.c_str());
  _exit(1);
}

caf::actor_system_config& configured() {
  static caf::actor_system_config x;
  configure(x, test::chosen_scheduler(), 2);
  return x;
}

runtime_options with(std::string warden) {
  runtime_options x;
  x.warden = std::move(warden);
  x.starts.commanded_per_minute = 100'000;
  x.starts.burst = 1000;
  return x;
}

size_t descriptors() {
  size_t result = 0;
  for ([[maybe_unused]] auto& x :
       std::filesystem::directory_iterator{"/proc/self/fd"})
    ++result;
  return result;
}

class host {
public:
  explicit host(std::string warden)
    : system_(configured()), all_(system_, with(std::move(warden))) {
    // nop
  }

  client_handle start(const std::string& name, const std::string& program,
                      std::vector<std::string> options) {
    server_spec x;
    x.name = name;
    x.command = program;
    x.args = std::move(options);
    auto opened = ask(system_, all_.registry(), open_client{x}, patience);
    if (!opened.ok())
      fail(opened.error.text);
    check(ask(system_, opened.value.handle, ensure_ready{}, patience));
    return opened.value.handle;
  }

  void hold(const std::string& program, const std::string& pids) {
    const std::vector<std::vector<std::string>> habits{
      {},
      {"--ignore-eof", "--ignore-term"},
      {"--daemonize", "--ignore-eof", "--ignore-term"},
      {"--setsid-child", "--ignore-term"},
      {"--ignore-eof"},
      {"--ignore-eof"},
      {},
      {},
      {},
      {},
    };
    for (size_t i = 0; i < habits.size(); ++i) {
      auto options = habits[i];
      options.insert(options.end(), {"--pid-file", pids});
      start(std::to_string(i), program, options);
    }
    say("ready");
    for (;;)
      pause();
  }

  void churn(const std::string& program, int cycles) {
    auto client = start("a", program, {});
    for (int i = 0; i < cycles; ++i) {
      if (i == settled_after)
        say("early " + std::to_string(descriptors()));
      check(ask(system_, client, reload{}, patience));
    }
    say("late " + std::to_string(descriptors()));
    auto x = ask(system_, client, call_tool{"pids", {}}, patience);
    say(x.ok() ? "answered YES" : "answered NO");
  }

private:
  static void check(const answer<client_status>& x) {
    if (!x.ok())
      fail(x.error.text);
  }

  caf::actor_system system_;
  runtime all_;
};

} // namespace

int main(int argc, char** argv) {
  alarm(140);
  auto mode = std::string{argc > 2 ? argv[2] : ""};
  if (mode == "hold" && argc == 5) {
    host{argv[1]}.hold(argv[3], argv[4]);
  } else if (mode == "churn" && argc == 6) {
    rlimit limit{};
    limit.rlim_cur = limit.rlim_max = std::strtoul(argv[4], nullptr, 10);
    setrlimit(RLIMIT_NOFILE, &limit);
    host{argv[1]}.churn(argv[3], std::atoi(argv[5]));
  } else {
    return 2;
  }
}
