// Covers transports/http/dial.hpp, transports/http/resolver.hpp,
// transports/http/url.hpp.

#include "troupe/tests/support/http_fixture.hpp"
#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/loopback.hpp"

#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace troupe;

using strings = std::vector<std::string>;

namespace {

sockaddr_in6 loopback_v6(uint16_t port) {
  auto result = sockaddr_in6{};
  result.sin6_family = AF_INET6;
  result.sin6_addr = in6addr_loopback;
  result.sin6_port = htons(port);
  return result;
}

/// Lets an `http_peer`, which has an address of IPv4, be reached at [::1], and
/// nowhere else. One connection at a time.
class v6_door {
public:
  explicit v6_door(uint16_t behind)
    : behind_(behind),
      listener_(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = loopback_v6(0);
    auto size = socklen_t{sizeof(address)};
    auto at = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || bind(listener_, at, size) != 0)
      return;
    listen(listener_, 64);
    getsockname(listener_, at, &size);
    port_ = ntohs(address.sin6_port);
    thread_ = std::thread{[this] { serve(); }};
  }

  ~v6_door() {
    if (thread_.joinable()) {
      shutdown(listener_, SHUT_RDWR);
      thread_.join();
    }
    close(listener_);
  }

  /// 0: this machine has no IPv6.
  uint16_t port() const {
    return port_;
  }

  size_t visits() const {
    return visits_;
  }

private:
  void serve() {
    for (;;) {
      auto fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0)
        return;
      ++visits_;
      auto other = connect_to(behind_);
      relay(fd, other);
      close(other);
      close(fd);
    }
  }

  uint16_t behind_;
  int listener_;
  uint16_t port_ = 0;
  std::atomic<size_t> visits_{0};
  std::thread thread_;
};

/// A port without a listener, in both families.
uint16_t free_port() {
  auto fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  auto size = socklen_t{sizeof(address)};
  auto at = reinterpret_cast<sockaddr*>(&address);
  bind(fd, at, size);
  getsockname(fd, at, &size);
  close(fd);
  return ntohs(address.sin_port);
}

std::string url_at(const std::string& host, uint16_t port) {
  return "http://" + host + ":" + std::to_string(port) + "/mcp";
}

} // namespace

SCENARIO("a server at an address of IPv6 is reached", "[http]") {
  auto peer = http_peer{echo_all};
  auto door = v6_door{peer.port()};
  if (door.port() == 0) {
    WARN("skipped: this machine has no IPv6");
    return;
  }
  auto pool = std::make_shared<http_pool>();
  GIVEN("one that is named by its number") {
    auto client = http_client{pool, spec_of(url_at("[::1]", door.port()))};
    for (auto i = 0; i < 3; ++i)
      CHECK(client.log->wait_ended(client.call("{}")).frames
            == strings{"{\"echo\":2}"});
    THEN("it is named so in each request, all over one connection") {
      CHECK(door.visits() == 1);
      CHECK(known_addresses("::1").size() == 1);
      for (auto& x : peer.requests())
        CHECK(x.field("Host") == "[::1]:" + std::to_string(door.port()));
    }
  }
  GIVEN("localhost, whose first address refuses") {
    auto client = http_client{pool, spec_of(url_at("localhost", door.port()))};
    auto end = client.log->wait_ended(client.call("{}"));
    INFO(end.text);
    CHECK(end.frames == strings{"{\"echo\":2}"});
    CHECK(door.visits() == 1);
  }
  GIVEN("localhost, both of whose addresses refuse") {
    auto client = http_client{pool, spec_of(url_at("localhost", free_port()))};
    auto end = client.log->wait_ended(client.call("{}"));
    CHECK(end.why == errc::connection_lost);
    CHECK(end.what_became == fate::not_sent);
    CHECK(end.text.find("refused") != end.text.npos);
  }
}

SCENARIO("of a name's addresses, one of a family that refuses hides no other",
         "[http]") {
  auto peer = http_peer{echo_all};
  auto options = http_pool_options{};
  options.lookup = [](const std::string&, std::string&) {
    auto list = known_addresses("::1");
    list.push_back(known_addresses("127.0.0.1").at(0));
    return list;
  };
  auto pool = std::make_shared<http_pool>(options);
  auto client = http_client{pool, spec_of(url_at("x.example", peer.port()))};
  auto end = client.log->wait_ended(client.call("{}"));
  INFO(end.text);
  CHECK(end.why == errc::none);
  CHECK(peer.connections() == 1);
}
