// Covers actors/client/inbound_pace.hpp, actors/client/connection.hpp,
// transports/inbound_window.hpp, transports/stdio/link.hpp.

#include "troupe/tests/support/live_world.hpp"

#include "troupe/messages/defaults.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

/// A demo server, beside which a shell's command writes to the same pipe. The
/// command opens it once more: where the pipe is full the server does not
/// block, the command does.
server_spec beside(live_world& w, std::string name,
                   const std::string& command) {
  auto x = w.demo(std::move(name));
  x.args.insert(
    x.args.begin(),
    {"-c", command + " >/proc/self/fd/1 & exec \"$0\" \"$@\"", x.command});
  x.command = "/bin/sh";
  return x;
}

/// A client that is busy may be shown as last seen: asks until it is as wanted.
template <class Wanted>
client_status status_once(live_world& w, Wanted wanted) {
  auto end = std::chrono::steady_clock::now() + 20s;
  auto x = w.status("a");
  while (!wanted(x) && std::chrono::steady_clock::now() < end)
    x = w.status("a");
  return x;
}

} // namespace

SCENARIO("T2 S25: a flood of lines is read at about its budget's rate, and "
         "calls go on",
         "[system]") {
  live_world w;
  w.open_ready(w.demo("b"));
  // Short lines are written at once: no message is torn.
  w.open_ready(
    beside(w, "a", "while :; do echo 'a line of a log, no message'; done"));
  w.await_remark("a", diagnostic::kind::throttled, "more slowly");
  using clock = std::chrono::steady_clock;
  auto before = status_once(w, [](auto& x) { return !x.throttled.empty(); });
  CHECK(before.throttled.find("more slowly") != std::string::npos);
  auto begin = clock::now();
  while (clock::now() < begin + 2s) {
    CHECK(w.echoes("b"));
    CHECK(w.echoes("a"));
  }
  auto now =
    status_once(w, [&](auto& x) { return x.noise_lines > before.noise_lines; });
  auto seconds = std::chrono::duration<double>(clock::now() - begin).count();
  auto read = static_cast<double>(now.noise_lines - before.noise_lines);
  CHECK(read > 0);
  // The shell writes some ten times as fast.
  CHECK(read <= 2.0 * defaults::unsolicited_frames_per_second * (seconds + 1));
  CHECK(now.incarnation == 1);
}

SCENARIO("T2: a flood of empty lines is paced as well", "[system]") {
  live_world w;
  w.open_ready(beside(w, "a", "yes ''"));
  w.await_remark("a", diagnostic::kind::throttled, "more slowly");
  CHECK(w.echoes("a"));
  auto now = w.status("a");
  CHECK(now.noise_lines == 0);
  CHECK(now.incarnation == 1);
}
