// Covers tools/troupe/control_server.hpp, tools/troupe/control_listener.hpp,
// tools/troupe/limits.hpp.
// The control socket of a program that may open no more descriptors.

#include "troupe/tests/tools/troupe/control_fixture.hpp"
#include "troupe/tools/troupe/limits.hpp"

#include <optional>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>

using namespace troupe;
using namespace troupe::cli;
using namespace troupe::test;

static int accepts = 0;

// Takes the place of the library's: only this shows how often it is tried.
extern "C" int accept4(int fd, sockaddr* from, socklen_t* size, int flags) {
  ++accepts;
  return static_cast<int>(::syscall(SYS_accept4, fd, from, size, flags));
}

namespace {

/// No descriptor can be opened while it lives.
class no_more_descriptors {
public:
  no_more_descriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto now = before_;
    auto free_one = ::dup(STDERR_FILENO);
    now.rlim_cur = static_cast<rlim_t>(free_one);
    ::close(free_one);
    ::setrlimit(RLIMIT_NOFILE, &now);
  }
  ~no_more_descriptors() {
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

private:
  rlimit before_{};
};

/// Runs that many turns of the loop.
void turn(main_loop& loop, int times) {
  if (times == 0)
    return loop.quit();
  loop.post([&loop, times] { turn(loop, times - 1); });
}

void run_turns(main_loop& loop, int times) {
  turn(loop, times);
  loop.run();
}

} // namespace

SCENARIO("a client that cannot be let in waits, and costs nothing",
         "[control]") {
  socket_folder folder;
  auto listening = control_listener::open(folder.socket());
  REQUIRE(listening.error.empty());
  echo_server world{listening.value.fd()};
  auto inside = connect_to(folder.socket());
  run_turns(world.loop, 5);
  auto outside = asking(folder.socket(), request_for("good"));
  world.loop.watch(outside.fd.get(), POLLIN, [&](short) { world.loop.quit(); });
  GIVEN("no free descriptor") {
    accepts = 0;
    auto limit = std::make_optional<no_more_descriptors>();
    run_turns(world.loop, 100);
    THEN("it is not tried again at each turn") {
      CHECK(accepts == 1);
    }
    WHEN("a client goes") {
      inside.fd = unique_fd{};
      world.loop.run();
      THEN("its descriptor serves the one that waits") {
        CHECK(accepts >= 2);
      }
    }
    WHEN("a descriptor is closed elsewhere") {
      limit.reset();
      world.loop.run();
      THEN("a timer finds out") {
        CHECK(accepts >= 2);
      }
    }
    WHEN("the program ends") {
      limit.reset();
      inside.fd = unique_fd{};
      world.server.finish([] {});
      world.loop.after(2 * limits::accept_pause, [&] { world.loop.quit(); });
      world.loop.run();
      THEN("no client is let in any more") {
        CHECK(accepts == 1);
      }
    }
  }
}
