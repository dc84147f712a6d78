#include "troupe/tests/faults/soak/plan.hpp"

#include <array>
#include <random>
#include <vector>

namespace troupe::soak {

namespace {

using namespace std::chrono_literals;

struct kind {
  const char* name;
  std::vector<std::string> options;
  bool sound; // it answers the handshake
};

const std::vector<kind>& kinds() {
  static const std::vector<kind> result{
    {"normal", {}, true},
    {"legacy", {"--era", "legacy"}, true},
    {"stubborn", {"--ignore-eof", "--ignore-term"}, true},
    {"daemon", {"--daemonize", "--ignore-term"}, true},
    {"setsid-child", {"--setsid-child", "--ignore-term"}, true},
    {"die-on-call", {"--die-on-call", "1"}, true},
    {"flap", {"--flap", "20"}, true},
    {"die-after", {"--die-after", "60"}, true},
    {"stderr-flood", {"--stderr-flood", "300000"}, true},
    {"stop-reading", {"--stop-reading"}, true},
    {"close-stdout", {"--close-stdout"}, true},
    {"garbage", {"--garbage", "--banner"}, true},
    {"duplicates", {"--duplicate-answers", "--wrong-ids"}, true},
    {"exit-on-probe", {"--exit-on-probe"}, true},
    {"mute-initialize", {"--mute-initialize"}, false},
    {"mute", {"--mute", "--ignore-eof"}, false},
    {"exit-at-once", {"--exit", "3"}, false},
    {"slow-start", {"--slow-start", "10000"}, false},
  };
  return result;
}

/// Short times make short cycles. The order of a stop's steps is as ever.
server_timeouts short_times(bool sound) {
  server_timeouts x;
  x.ready = sound ? milliseconds{10s} : 300ms;
  x.probe = 150ms;
  x.call_idle = 1s;
  x.call_total = 2s;
  x.write = 500ms;
  x.drain = 50ms;
  x.stop_grace = 40ms;
  return x;
}

restart_policy short_waits() {
  restart_policy x;
  x.backoff_first = 10ms;
  x.backoff_max = 40ms;
  return x;
}

/// The death of the warden is rare: it touches all cycles that run beside.
fault fault_of(uint64_t chance) {
  if (chance % 50 == 0)
    return fault::kill_warden;
  auto other = static_cast<fault>((chance / 50) % faults);
  return other == fault::kill_warden ? fault::close_in_flight : other;
}

} // namespace

std::string_view to_string(fault x) {
  static constexpr std::array<std::string_view, faults> names{
    "close",       "close in flight", "close at start", "close directly",
    "reload",      "replace",         "cancel",         "drop handle",
    "kill leader", "kill shim",       "kill warden",    "crash client",
    "kill client"};
  return names[static_cast<size_t>(x)];
}

plan plan_of(uint64_t seed, uint64_t number, const std::string& server,
             const std::string& mark) {
  std::mt19937_64 random{seed * 1'000'003 + number};
  auto& of = kinds()[random() % kinds().size()];
  plan x;
  x.number = number;
  x.kind = of.name;
  x.sound = of.sound;
  x.what = fault_of(random());
  x.calls = static_cast<uint32_t>(random() % 4);
  x.long_calls = random() % 2 == 0;
  x.spec.command = server;
  x.spec.args = of.options;
  x.spec.env["SOAK_MARK"] = secret{mark};
  x.spec.timeouts = short_times(of.sound);
  x.spec.restart = short_waits();
  if (random() % 4 == 0)
    x.spec.not_ready = when_not_ready::refuse;
  return x;
}

} // namespace troupe::soak
