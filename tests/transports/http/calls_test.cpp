// Covers transports/http/transport.hpp, transports/http/link.hpp,
// transports/http/exchange.hpp, transports/http/wire.hpp,
// transports/http/dial.hpp.

#include "troupe/tests/support/http_fixture.hpp"
#include "troupe/tests/support/leak_counter.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>

using namespace troupe;

using strings = std::vector<std::string>;

SCENARIO("an HTTP transport posts frames", "[http]") {
  auto peer = http_peer{echo_all};
  auto pool = std::make_shared<http_pool>();
  auto client = http_client{pool, spec_of(peer.url())};
  GIVEN("a server that answers with JSON") {
    WHEN("three frames are posted, one after another") {
      auto frames = strings{};
      for (auto text : {"a", "bb", "ccc"}) {
        auto end = client.log->wait_ended(client.call(text));
        CHECK(end.why == errc::none);
        CHECK(end.status == 200);
        frames.push_back(end.frames.at(0));
      }
      THEN("each has its answer, all over one connection") {
        CHECK(frames
              == strings{"{\"echo\":1}", "{\"echo\":2}", "{\"echo\":3}"});
        CHECK(peer.connections() == 1);
      }
      THEN("the requests are what the protocol demands") {
        auto x = peer.requests().at(1);
        CHECK(x.line == "POST /mcp HTTP/1.1");
        CHECK(x.body == "bb");
        CHECK(x.field("Host") == "127.0.0.1:" + std::to_string(peer.port()));
        CHECK(x.field("Content-Type") == "application/json");
        CHECK(x.field("Accept") == "application/json, text/event-stream");
        CHECK(x.field("Accept-Encoding") == "identity");
        CHECK(x.field("Mcp-Session-Id") == "(none)");
        CHECK(x.field("Authorization") == "(none)");
      }
    }
    WHEN("it is named localhost") {
      auto url = "http://localhost:" + std::to_string(peer.port()) + "/mcp";
      auto other = http_client{pool, spec_of(url)};
      CHECK(other.log->wait_ended(other.call("{}")).why == errc::none);
    }
    WHEN("it is stopped") {
      auto report = client.stop();
      THEN("nothing is left, and nothing more is taken") {
        CHECK(report.why == errc::closed);
        CHECK(report.left == proof::no_process);
        CHECK(client.log->text() == "up\ndown closed told to\n");
        client.call("late");
        CHECK(client.pushed == errc::connection_lost);
        peer.wait_open(0);
      }
    }
  }
}

SCENARIO("each address of a name is tried", "[http]") {
  auto peer = http_peer{echo_all};
  auto options = http_pool_options{};
  // The first two addresses have no listener.
  options.lookup = [](const std::string&, std::string&) {
    auto list = net_addresses{};
    for (auto text : {"127.0.0.2", "127.0.0.3", "127.0.0.1"}) {
      auto address = sockaddr_in{};
      address.sin_family = AF_INET;
      inet_pton(AF_INET, text, &address.sin_addr);
      auto& x = list.emplace_back();
      std::memcpy(&x.bytes, &address, sizeof(address));
      x.size = sizeof(address);
    }
    return list;
  };
  auto url = "http://name.example:" + std::to_string(peer.port()) + "/";
  auto client = http_client{std::make_shared<http_pool>(options), spec_of(url)};
  auto end = client.log->wait_ended(client.call("{}"));
  CHECK(end.why == errc::none);
  CHECK(peer.requests().at(0).field("Host")
        == "name.example:" + std::to_string(peer.port()));
}

SCENARIO("a notification that is not answered is given up", "[http]") {
  auto peer = http_peer{[](http_peer::talk& t) {
    auto x = peer_request{};
    t.read(x);
    t.wait_end();
  }};
  auto spec = spec_of(peer.url());
  spec.timeouts.call_idle = milliseconds{50};
  auto client = http_client{std::make_shared<http_pool>(), spec};
  GIVEN("a server that is silent") {
    auto end = client.log->wait_ended(client.notify("{}"));
    CHECK(end.why == errc::timed_out);
    CHECK(end.what_became == fate::outcome_unknown);
    peer.wait_open(0);
  }
}

SCENARIO("a notification is given up though it is answered by an open stream",
         "[http]") {
  auto peer = http_peer{[](http_peer::talk& t) {
    auto x = peer_request{};
    t.read(x);
    t.begin_events();
    t.send_chunk("data: here\n\n");
    t.wait_end();
  }};
  auto spec = spec_of(peer.url());
  spec.timeouts.call_idle = milliseconds{50};
  auto options = http_pool_options{};
  options.thread_idle = milliseconds{10};
  auto pool = std::make_shared<http_pool>(options);
  auto client = http_client{pool, spec};
  auto id = client.notify("{}");
  auto end = client.log->wait_ended(id);
  CHECK(end.why == errc::timed_out);
  CHECK(end.frames == strings{"here"});
  THEN("neither a connection nor a thread is left of it") {
    peer.wait_open(0);
    CHECK(leaks::eventually([&] { return pool->threads() == 0; }));
  }
}

SCENARIO("a refusal is told although its body never comes", "[http]") {
  auto peer = http_peer{[](http_peer::talk& t) {
    auto x = peer_request{};
    t.read(x);
    t.send("HTTP/1.1 503 x\r\nContent-Type: application/json\r\n"
           "Content-Length: 100\r\n\r\n{");
    t.wait_end();
  }};
  auto client = http_client{std::make_shared<http_pool>(), spec_of(peer.url())};
  auto end = client.log->wait_ended(client.call("{}"));
  CHECK(end.why == errc::server_error);
  CHECK(end.status == 503);
  CHECK(end.body.empty());
}
