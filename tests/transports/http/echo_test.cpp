// Covers transports/http/dial.hpp.

#include "troupe/tests/support/http_fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace troupe;

namespace {

constexpr auto only_port = "40000";

/// Gives the calling thread, and those that it starts, a network of its own,
/// in which every outgoing connection has the same port of ours. False: one
/// must be root for that.
bool enter_narrow_network() {
  if (unshare(CLONE_NEWNET) != 0)
    return false;
  auto fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  auto loopback = ifreq{};
  loopback.ifr_name[0] = 'l';
  loopback.ifr_name[1] = 'o';
  loopback.ifr_flags = IFF_UP | IFF_RUNNING;
  auto up = ioctl(fd, SIOCSIFFLAGS, &loopback) == 0;
  close(fd);
  auto range = std::ofstream{"/proc/sys/net/ipv4/ip_local_port_range"};
  range << only_port << ' ' << only_port << std::flush;
  return up && range.good();
}

} // namespace

SCENARIO("a connection of a socket with itself is not taken for a server's",
         "[http]") {
  auto narrow = false;
  auto end = exchange_news{};
  auto again = exchange_news{};
  std::thread{[&] {
    narrow = enter_narrow_network();
    if (!narrow)
      return;
    // No socket listens there: the kernel connects the socket with itself.
    auto url = std::string{"http://127.0.0.1:"} + only_port + "/mcp";
    auto client = http_client{std::make_shared<http_pool>(), spec_of(url)};
    end = client.log->wait_ended(client.call("{}"));
    again = client.log->wait_ended(client.call("{}"));
  }}.join();
  if (!narrow) {
    WARN("skipped: only root can have a network of its own");
    return;
  }
  INFO(end.text);
  CHECK(end.why == errc::connection_lost);
  CHECK(end.what_became == fate::not_sent);
  INFO(again.text);
  CHECK(again.text == end.text);
}
