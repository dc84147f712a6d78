// Covers transports/http/exchange.hpp, transports/http/link.hpp,
// transports/http/dial.hpp, transports/http/resolver.hpp,
// transports/http/wire.hpp, transports/io/interrupter.hpp.

#include "troupe/tests/support/http_fixture.hpp"
#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/tests/support/loopback.hpp"

#include <catch2/catch.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace troupe;

using strings = std::vector<std::string>;
using tickets = std::vector<uint64_t>;

namespace {

/// What the kernel says that this process holds.
struct holdings {
  size_t fds = leaks::fds_of(getpid());
  size_t threads = leaks::threads_of(getpid());

  /// What a test before this one left may go meanwhile.
  bool has_no_more_than(const holdings& x) const {
    return fds <= x.fds && threads <= x.threads;
  }
};

/// Reads one request and says nothing.
void silent(http_peer::talk& t) {
  auto x = peer_request{};
  t.read(x);
  t.wait_end();
}

/// A socket whose queue of connections is full: who connects gets no answer.
struct full_backlog {
  full_backlog() {
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto address = loopback(0);
    auto size = socklen_t{sizeof(address)};
    auto at = reinterpret_cast<sockaddr*>(&address);
    bind(fd, at, size);
    listen(fd, 0);
    getsockname(fd, at, &size);
    port = ntohs(address.sin_port);
    for (auto& x : fillers) {
      x = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      connect(x, at, size);
    }
  }
  ~full_backlog() {
    for (auto x : fillers)
      close(x);
    close(fd);
  }

  int fd;
  int fillers[4];
  uint16_t port;
};

/// Lookups that never end, until the test does.
struct endless_lookup {
  std::mutex mutex;
  std::condition_variable changed;
  size_t asked = 0;
  bool over = false;

  net_addresses operator()(std::string& why) {
    auto held = std::unique_lock{mutex};
    ++asked;
    changed.notify_all();
    changed.wait(held, [this] { return over; });
    why = "over";
    return {};
  }
  void wait_asked(size_t count) {
    auto held = std::unique_lock{mutex};
    changed.wait(held, [&] { return asked >= count; });
  }
  void end() {
    auto held = std::unique_lock{mutex};
    over = true;
    changed.notify_all();
  }
};

/// A place where an exchange can be stuck.
struct place {
  const char* name;
  http_peer::script script;
  std::string frame;
  fate what_became;
};

http_pool_ptr short_lived_threads() {
  auto options = http_pool_options{};
  options.thread_idle = milliseconds{10};
  return std::make_shared<http_pool>(options);
}

} // namespace

SCENARIO("an exchange ends at once, wherever it is stuck", "[http]") {
  auto large = std::string(8u << 20, 'x');
  auto places = std::vector<place>{
    {"waiting for the head", silent, "{}", fate::outcome_unknown},
    {"in the head",
     [](http_peer::talk& t) {
       auto x = peer_request{};
       t.read(x);
       t.send("HTTP/1.1 200 OK\r\nX: ");
       t.wait_end();
     },
     "{}", fate::outcome_unknown},
    {"in the body",
     [](http_peer::talk& t) {
       auto x = peer_request{};
       t.read(x);
       t.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
              "Content-Length: 10\r\n\r\n{");
       t.wait_end();
     },
     "{}", fate::outcome_unknown},
    {"in a stream",
     [](http_peer::talk& t) {
       auto x = peer_request{};
       t.read(x);
       t.begin_events();
       t.wait_end();
     },
     "{}", fate::outcome_unknown},
    {"writing",
     [](http_peer::talk& t) {
       auto x = peer_request{};
       t.read_head(x);
       t.gate();
     },
     large, fate::outcome_unknown}};
  for (auto& where : places) {
    GIVEN("one that is " << where.name) {
      auto before = holdings{};
      {
        auto peer = http_peer{where.script};
        auto pool = short_lived_threads();
        auto client = http_client{pool, spec_of(peer.url())};
        auto id = client.call(where.frame);
        REQUIRE(client.pushed == errc::none);
        peer.wait_heads(1);
        WHEN("it is abandoned") {
          client.out->abandon(id);
          THEN("its connection is closed, and nothing more is told") {
            if (where.frame != large)
              peer.wait_open(0);
            CHECK(leaks::eventually([&] { return pool->threads() == 0; }));
            CHECK(client.log->news(id).id == 0);
            peer.open_gate();
          }
        }
        WHEN("the transport is stopped") {
          auto report = client.stop();
          CHECK(report.left == proof::no_process);
          CHECK(client.log->text() == "up\ndown closed told to\n");
          CHECK(client.log->news(id).id == 0);
          CHECK(client.log->unsent().empty());
          peer.open_gate();
        }
        WHEN("the transport is dropped") {
          client.transport.reset();
          client.log->wait_gone();
          peer.open_gate();
        }
      }
      CHECK(
        leaks::eventually([&] { return holdings{}.has_no_more_than(before); }));
    }
  }
}

SCENARIO("an exchange ends at once while it connects", "[http]") {
  auto before = holdings{};
  {
    auto listener = full_backlog{};
    auto pool = short_lived_threads();
    auto url = "http://127.0.0.1:" + std::to_string(listener.port) + "/";
    auto client = http_client{pool, spec_of(url)};
    auto fds = leaks::fds_of(getpid());
    auto id = client.call("{}");
    REQUIRE(
      leaks::eventually([&] { return leaks::fds_of(getpid()) == fds + 1; }));
    WHEN("it is abandoned") {
      client.out->abandon(id);
      CHECK(leaks::eventually([&] { return pool->threads() == 0; }));
      CHECK(leaks::fds_of(getpid()) == fds);
    }
    WHEN("its call is taken back") {
      CHECK(client.out->revoke(id));
      THEN("that counts, as nothing of it was written") {
        CHECK(leaks::eventually([&] { return pool->threads() == 0; }));
        CHECK_FALSE(client.out->revoke(id));
        CHECK(client.log->news(id).id == 0);
      }
    }
    WHEN("the transport is stopped") {
      client.stop();
      CHECK(client.log->unsent() == tickets{id});
    }
  }
  CHECK(leaks::eventually([&] { return holdings{}.has_no_more_than(before); }));
}

SCENARIO("a connect has its time", "[http]") {
  auto listener = full_backlog{};
  auto url = "http://127.0.0.1:" + std::to_string(listener.port) + "/";
  auto spec = spec_of(url);
  spec.timeouts.connect = milliseconds{50};
  auto client = http_client{std::make_shared<http_pool>(), spec};
  auto end = client.log->wait_ended(client.call("{}"));
  CHECK(end.why == errc::timed_out);
  CHECK(end.what_became == fate::not_sent);
}

SCENARIO("an exchange ends at once while a name is looked up", "[http]") {
  auto before = holdings{};
  {
    auto lookup = std::make_shared<endless_lookup>();
    auto options = http_pool_options{};
    options.thread_idle = milliseconds{10};
    options.lookup = [lookup](const std::string&, std::string& why) {
      return (*lookup)(why);
    };
    auto pool = std::make_shared<http_pool>(options);
    auto client = http_client{pool, spec_of("http://slow.example/")};
    auto id = client.call("{}");
    lookup->wait_asked(1);
    WHEN("its call is taken back") {
      CHECK(client.out->revoke(id));
      CHECK(leaks::eventually([&] { return pool->threads() == 0; }));
    }
    WHEN("it is abandoned") {
      client.out->abandon(id);
      CHECK(leaks::eventually([&] { return pool->threads() == 0; }));
    }
    WHEN("the transport is stopped") {
      client.stop();
      CHECK(client.log->unsent() == tickets{id});
    }
    lookup->end();
  }
  CHECK(leaks::eventually([&] { return holdings{}.has_no_more_than(before); }));
}

SCENARIO("a name that is not known fails its request", "[http]") {
  auto options = http_pool_options{};
  options.lookup = [](const std::string& host, std::string& why) {
    why = "no such name";
    CHECK(host == "no.example");
    return net_addresses{};
  };
  auto pool = std::make_shared<http_pool>(options);
  auto client = http_client{pool, spec_of("http://no.example/x?key=secret")};
  auto end = client.log->wait_ended(client.call("{}"));
  CHECK(end.why == errc::connection_lost);
  CHECK(end.what_became == fate::not_sent);
  CHECK(end.text
        == "cannot find no.example: no such name (http://no.example/x)");
}

SCENARIO("a server that does not take a request in time is given up",
         "[http]") {
  auto peer = http_peer{[](http_peer::talk& t) {
    auto x = peer_request{};
    t.read_head(x);
    t.gate();
  }};
  auto spec = spec_of(peer.url());
  spec.timeouts.write = milliseconds{50};
  auto client = http_client{std::make_shared<http_pool>(), spec};
  auto end = client.log->wait_ended(client.call(std::string(8u << 20, 'x')));
  CHECK(end.why == errc::timed_out);
  CHECK(end.what_became == fate::outcome_unknown);
}

SCENARIO("a server may refuse before it has read everything", "[http]") {
  auto peer = http_peer{[](http_peer::talk& t) {
    auto x = peer_request{};
    t.read_head(x);
    t.answer(413, "application/json", "{\"too\":\"large\"}",
             "Connection: close\r\n");
    t.end();
    t.wait_end();
  }};
  auto client = http_client{std::make_shared<http_pool>(), spec_of(peer.url())};
  auto end = client.log->wait_ended(client.call(std::string(8u << 20, 'x')));
  CHECK(end.why == errc::server_error);
  CHECK(end.status == 413);
}

SCENARIO("what was not begun can be taken back", "[http]") {
  auto options = http_pool_options{};
  options.client_calls_max = 1;
  auto pool = std::make_shared<http_pool>(options);
  auto peer = http_peer{silent};
  auto client = http_client{pool, spec_of(peer.url())};
  auto first = client.call("1");
  peer.wait_requests(1);
  auto second = client.call("2");
  auto third = client.call("3");
  GIVEN("one call under way and two that wait") {
    CHECK(client.out->depth() == 2);
    WHEN("they are revoked") {
      CHECK_FALSE(client.out->revoke(first));
      CHECK(client.out->revoke(second));
      CHECK_FALSE(client.out->revoke(second));
      CHECK(client.out->depth() == 1);
    }
    WHEN("the outbox is closed") {
      CHECK(client.out->close() == tickets{second, third});
      THEN("it says the same again, and the one under way goes on") {
        CHECK(client.out->close() == tickets{second, third});
        CHECK(client.out->push("{}", 9, nullptr) == errc::invalid_argument);
        client.call("4");
        CHECK(client.pushed == errc::connection_lost);
        CHECK(peer.open() == 1);
        client.stop();
        CHECK(client.log->unsent() == tickets{second, third});
      }
    }
    WHEN("one that waits is abandoned") {
      client.out->abandon(second);
      client.out->abandon(first);
      THEN("the next one's turn comes") {
        CHECK(peer.wait_requests(2)[1].body == "3");
      }
    }
    WHEN("it is stopped") {
      client.stop();
      CHECK(client.log->unsent() == tickets{second, third});
      CHECK(peer.requests().size() == 1);
    }
  }
}

SCENARIO("U1: two thousand reconnects leave nothing behind", "[http]") {
  auto peer = http_peer{[](http_peer::talk& t) {
    auto x = peer_request{};
    if (t.read(x))
      t.answer(200, "application/json", "{}", "Connection: close\r\n");
  }};
  auto pool = short_lived_threads();
  auto before = leaks::fds_of(getpid());
  for (auto i = 0; i < 2000; ++i) {
    auto client = http_client{pool, spec_of(peer.url())};
    auto end = client.log->wait_ended(client.call("{}"));
    REQUIRE(end.why == errc::none);
    client.stop();
  }
  peer.wait_open(0);
  CHECK(leaks::fds_of(getpid()) <= before);
  CHECK(leaks::eventually([&] { return pool->threads() == 0; }));
}
