// Covers transports/http/dial.hpp.

#include "troupe/tests/support/http_fixture.hpp"
#include "troupe/tests/support/leak_counter.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace troupe;

using strings = std::vector<std::string>;
using std::chrono::milliseconds;

namespace {

/// Our descriptor that is connected to that port; -1 where no one is.
int connected_to(uint16_t port) {
  for (auto& x : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    auto fd = std::stoi(x.path().filename().string());
    auto address = sockaddr_in{};
    auto size = socklen_t{sizeof(address)};
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0
        && address.sin_family == AF_INET && ntohs(address.sin_port) == port)
      return fd;
  }
  return -1;
}

int option(int fd, int level, int name) {
  auto value = 0;
  auto size = socklen_t{sizeof(value)};
  return getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

/// Tells one event and waits.
void stream(http_peer::talk& t) {
  auto x = peer_request{};
  t.read(x);
  t.begin_events();
  t.send_chunk("data: a\n\n");
  t.wait_end();
}

} // namespace

SCENARIO("S35: the kernel is told how soon a server that vanished is given up",
         "[http]") {
  auto peer = http_peer{stream};
  auto options = http_pool_options{};
  GIVEN("the times that are shipped") {
    auto pool = std::make_shared<http_pool>(options);
    auto client = http_client{pool, spec_of(peer.url())};
    client.log->wait_frames_of(client.listen(), 1);
    auto fd = connected_to(peer.port());
    REQUIRE(fd >= 0);
    CHECK(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT)
          == milliseconds{defaults::tcp_unacknowledged}.count());
    CHECK(option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
    CHECK(option(fd, IPPROTO_TCP, TCP_KEEPIDLE)
          == defaults::tcp_keepalive_after.count());
    CHECK(option(fd, IPPROTO_TCP, TCP_KEEPINTVL)
          == defaults::tcp_keepalive_every.count());
    CHECK(option(fd, IPPROTO_TCP, TCP_KEEPCNT)
          == defaults::tcp_keepalive_probes);
    CHECK(option(fd, IPPROTO_TCP, TCP_NODELAY) == 1);
  }
  GIVEN("a time of one's own") {
    options.patience.unacknowledged = milliseconds{1234};
    auto pool = std::make_shared<http_pool>(options);
    auto client = http_client{pool, spec_of(peer.url())};
    client.log->wait_frames_of(client.listen(), 1);
    auto fd = connected_to(peer.port());
    CHECK(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) == 1234);
  }
}

SCENARIO("S35: what a server does not take is given up by the kernel, long "
         "before we would",
         "[http]") {
  // It reads the head, and then leaves its window closed.
  auto peer = http_peer{[](http_peer::talk& t) {
    auto x = peer_request{};
    t.read_head(x);
    t.gate();
  }};
  auto options = http_pool_options{};
  options.patience.unacknowledged = milliseconds{500};
  auto client =
    http_client{std::make_shared<http_pool>(options), spec_of(peer.url())};
  auto end = client.log->wait_ended(client.call(std::string(8u << 20, 'x')));
  INFO(end.text);
  CHECK(end.why == errc::connection_lost);
  CHECK(end.what_became == fate::outcome_unknown);
}
