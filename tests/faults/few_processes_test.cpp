// Covers transports/io/os_error.hpp, transports/guard/warden_link.hpp,
// transports/guard/warden_start.hpp, tools/warden/forked.hpp,
// tools/warden/spawn.hpp.

#include "troupe/tests/faults/world.hpp"

#include <catch2/catch.hpp>

#include <cerrno>

using namespace troupe;

TEST_CASE("a start without a free process names the limit", "[faults]") {
  if (!can_run(as_whom::lone_user))
    return;
  auto started = false;
  auto failed = 0;
  // Each time one process more: host, its helpers, warden, shim, server.
  for (auto most = 1; most < 20 && !started; ++most) {
    INFO(most << " processes");
    auto x = world{as_whom::lone_user};
    x.ask("limit " + std::to_string(most), "limited");
    auto told = x.ask("spawn a 0 /bin/sleep 60", "start a ");
    started = told == "0";
    if (started)
      continue;
    ++failed;
    INFO(told);
    CHECK(told.starts_with(std::to_string(EAGAIN) + " "));
    CHECK(told.find("(ulimit -u)") != told.npos);
    CHECK(x.ask("", "gone a ").starts_with("never_started spawn_failed "));
    CHECK(leaks::eventually([&] { return x.is_empty(); }));
  }
  CHECK(started);
  CHECK(failed >= 3);
}
