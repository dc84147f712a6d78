// Covers actors/runtime.hpp, actors/client, actors/supervision,
// transports/stdio, transports/guard, tools/warden.
// Starts, reloads, hurts and stops servers, thousands of times, by several
// threads at once, and looks after each batch whether everything is again as it
// was: processes, zombies, descriptors, threads, actors, memory.

#include "troupe/actors/blocking.hpp"
#include "troupe/actors/type_ids.hpp"
#include "troupe/tests/faults/soak/census.hpp"
#include "troupe/tests/faults/soak/cycle.hpp"
#include "troupe/tests/faults/soak/memory_trend.hpp"
#include "troupe/tests/support/chosen_scheduler.hpp"
#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/scratch_folder.hpp"
#include "troupe/tools/standard_output.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <random>
#include <sstream>
#include <thread>

#include <unistd.h>

namespace {

namespace fs = std::filesystem;
using namespace troupe;
using namespace troupe::soak;
using clock_type = std::chrono::steady_clock;

/// Monitor, supervisor and registry.
constexpr size_t actors_of_a_runtime = 3;

struct options {
  uint64_t cycles = 1000;
  uint64_t first = 0;
  uint64_t seed = std::random_device{}();
  size_t servers = 8;
  uint64_t batch = 0;
  std::string server;
};

/// Numbers, of which each worker takes the next.
struct range {
  uint64_t begin = 0;
  uint64_t end = 0;
};

class soak_run {
public:
  explicit soak_run(const options& what)
    : what_(what), system_(configured(config_)), begin_(clock_type::now()) {
    // nop
  }

  bool run() {
    std::printf("seed %" PRIu64 ", %zu servers at a time\n", what_.seed,
                what_.servers);
    if (!can_see())
      return false;
    // The first batch makes what is made once and stays.
    run_batch({what_.first, what_.first + what_.servers});
    auto size = what_.batch > 0
                  ? what_.batch
                  : std::clamp<uint64_t>(what_.cycles / 12, 40, 500);
    auto end = what_.first + what_.cycles;
    for (auto i = what_.first; i < end && good_; i += size)
      run_batch({i, std::min(i + size, end)});
    judge();
    return good_;
  }

private:
  static caf::actor_system_config& configured(caf::actor_system_config& x) {
    configure(x, test::chosen_scheduler(), 2);
    return x;
  }

  /// The spawn gate is wide open: it has tests of its own.
  static runtime_options wide_open() {
    runtime_options x;
    x.warden = TROUPE_TEST_WARDEN;
    x.starts.burst = 1'000'000;
    x.starts.per_minute = 1'000'000;
    x.starts.commanded_per_minute = 1'000'000;
    x.starts.concurrent = 64;
    x.starts.live_max = 1000;
    return x;
  }

  bool can_see() {
    auto missed = blind_spots(system_);
    if (!sees_silence(system_))
      missed += "a request without an answer does not show; ";
    if (missed.empty())
      std::printf("leaks of processes, zombies, descriptors, threads, actors, "
                  "memory and answers are seen\n");
    else
      complain("cannot see: " + missed);
    return missed.empty();
  }

  void run_batch(range x) {
    leaks::eventually([this] { return running_actors(system_) == 0; });
    auto cold = take_census(system_);
    auto ledger = folder_.file("ledger");
    fs::remove(ledger);
    {
      runtime all{system_, wide_open()};
      stage on{system_, all, what_.server, ledger, what_.seed};
      warm_up(on);
      auto warm = take_census(system_);
      run_workers(on, x);
      // Where the warden was struck last: it is back with the next start.
      warm_up(on);
      expect("with all servers closed", settled_difference(system_, warm));
      auto stopped = all.stop();
      // Only ends that were not clean are still told of.
      for (auto& x : stopped.reports)
        if (is_clean(x.left))
          complain("the runtime had servers left to stop");
    }
    expect("with the runtime stopped", settled_difference(system_, cold));
    for (auto& text : tally_.book.compare(ledger))
      complain(text);
    for (auto& text : tally_.take_complaints())
      complain(text);
    report(x);
  }

  /// The warden is there, and no server.
  void warm_up(const stage& on) {
    server_spec x;
    x.name = "first";
    x.command = what_.server;
    x.env["SOAK_MARK"] = secret{"first"};
    auto patience = std::chrono::seconds{30};
    auto opened = ask(system_, on.all.registry(), open_client{x}, patience);
    ask(system_, opened.value.handle, ensure_ready{}, patience);
    ask(system_, on.all.registry(), by_name<close_client>{"first", {}},
        patience);
    opened.value.handle = nullptr;
    leaks::eventually([&] {
      auto now = take_census(system_);
      // Its first child, which looks for strays, has been reaped.
      return now.servers == 0 && now.guards == 1 && warden_pid() > 0
             && now.zombies == 0 && now.actors == actors_of_a_runtime;
    });
  }

  void run_workers(const stage& on, range x) {
    std::atomic<uint64_t> next{x.begin};
    std::vector<std::thread> all;
    for (size_t i = 0; i < what_.servers; ++i)
      all.emplace_back([&, i] {
        for (auto n = next++; n < x.end; n = next++)
          run_cycle(on, tally_, n, i);
      });
    for (auto& worker : all)
      worker.join();
  }

  // -- what is said

  void expect(const std::string& when, const std::string& difference) {
    if (!difference.empty())
      complain(when + ", this differs: " + difference);
  }

  void complain(const std::string& text) {
    good_ = false;
    std::printf("FAILED: %s\n", text.c_str());
  }

  double seconds() const {
    return std::chrono::duration<double>{clock_type::now() - begin_}.count();
  }

  void report(range x) {
    auto kib = resident_kib();
    trend_.add(tally_.cycles, kib);
    std::printf("%6" PRIu64 " cycles, %6.1f s, requests %" PRIu64 " of %" PRIu64
                " answered, RSS %.1f MiB%s\n",
                tally_.cycles.load(), seconds(), tally_.answered.load(),
                tally_.asked.load(), static_cast<double>(kib) / 1024,
                good_ ? "" : ", FAILED");
    if (!good_)
      std::printf("again: soak --seed %" PRIu64 " --first %" PRIu64
                  " --cycles %" PRIu64 " --servers %zu\n",
                  what_.seed, x.begin, x.end - x.begin, what_.servers);
    std::fflush(stdout);
  }

  void judge() {
    auto& t = tally_;
    std::printf("%" PRIu64 " of %" PRIu64 " that could became ready, %" PRIu64
                " of %" PRIu64 " faults struck, %" PRIu64 " of %" PRIu64
                " calls had results\n",
                t.ready.load(), t.sound.load(), t.struck.load(),
                t.cycles.load(), t.calls_ok.load(), t.calls.load());
    for (size_t i = 0; i < std::size(t.proofs); ++i)
      std::printf("proof %s: %" PRIu64 "\n",
                  std::string{to_string(static_cast<proof>(i))}.c_str(),
                  t.proofs[i].load());
    if (t.asked != t.answered)
      complain("not every request was answered");
    // A run in which little happened proves little.
    if (t.cycles >= 100
        && (t.ready * 10 < t.sound * 7 || t.struck * 2 < t.cycles
            || t.calls_ok == 0))
      complain("too little happened");
    if (auto text = trend_.judge(); !text.empty())
      complain(text);
    std::printf("%s: %" PRIu64 " cycles in %.1f s, memory %+.2f KiB a cycle\n",
                good_ ? "nothing is left" : "FAILED", t.cycles.load(),
                seconds(), trend_.slope());
  }

  options what_;
  caf::actor_system_config config_;
  caf::actor_system system_;
  clock_type::time_point begin_;
  scratch_folder folder_;
  tally tally_;
  memory_trend trend_;
  bool good_ = true;
};

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Starts, hurts and stops servers, and looks for what is left"};
  options what;
  what.server =
    fs::read_symlink("/proc/self/exe").parent_path() / "demo-server";
  app.add_option("--cycles", what.cycles, "how many (1000)");
  app.add_option("--first", what.first, "the number of the first one (0)");
  app.add_option("--seed", what.seed, "what they do follows from it");
  app.add_option("--servers", what.servers, "so many at a time (8)")
    ->check(CLI::Range(1, 64));
  app.add_option("--batch", what.batch, "so many between two looks");
  app.add_option("--server", what.server, "the demo server");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::ostringstream out;
    auto status = app.exit(e, out, std::cerr);
    standard_output::print(out.str());
    return standard_output::finish(status);
  }
  return standard_output::finish(soak_run{what}.run() ? 0 : 1);
}
