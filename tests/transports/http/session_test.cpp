// Covers transports/http/farewell.cpp, transports/http/link.hpp,
// transports/http/reply.hpp.

#include "troupe/tests/support/http_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

SCENARIO("a session is ended at its server", "[http]") {
  auto status = std::atomic<int>{200};
  auto peer = http_peer{[&](http_peer::talk& t) {
    auto x = peer_request{};
    while (t.read(x)) {
      if (x.line.starts_with("DELETE") && status == 0)
        t.wait_end();
      else
        t.answer(status, "application/json", "{}",
                 x.body == "init" ? "Mcp-Session-Id: a%41+/b\r\n" : "");
    }
  }};
  auto pool = std::make_shared<http_pool>();
  auto spec = spec_of(peer.url());
  spec.headers["X-Api-Key"] = secret{"k"};
  auto client = http_client{pool, spec};
  auto order = exchange_order{};
  order.owes_answer = true;
  order.opens_session = true;
  auto end = client.log->wait_ended(client.send("init", order));
  CHECK_FALSE(end.had_session);
  order.opens_session = false;
  order.headers = {{"MCP-Protocol-Version", "2025-11-25"}};
  end = client.log->wait_ended(client.send("next", order));
  CHECK(end.had_session);
  GIVEN("a session whose id a decoder would change") {
    CHECK(peer.requests()[0].field("Mcp-Session-Id") == "(none)");
    CHECK(peer.requests()[1].field("Mcp-Session-Id") == "a%41+/b");
    for (auto answer : {200, 405, 500, 0})
      WHEN("it is stopped, and the server says " << answer) {
        status = answer;
        client.stop();
        THEN("the server was told, once, with all that it may ask for") {
          REQUIRE(peer.requests().size() == 3);
          auto x = peer.requests()[2];
          CHECK(x.line == "DELETE /mcp HTTP/1.1");
          CHECK(x.field("Mcp-Session-Id") == "a%41+/b");
          CHECK(x.field("MCP-Protocol-Version") == "2025-11-25");
          CHECK(x.field("X-Api-Key") == "k");
          peer.wait_open(0);
        }
      }
    WHEN("the server has lost it") {
      status = 404;
      end = client.log->wait_ended(client.call("{}"));
      CHECK(end.had_session);
      status = 200;
      THEN("its id is never sent again") {
        end = client.log->wait_ended(client.call("{}"));
        CHECK_FALSE(end.had_session);
        CHECK(peer.requests()[3].field("Mcp-Session-Id") == "(none)");
        client.stop();
        CHECK(peer.requests().size() == 4);
      }
    }
    WHEN("another session is opened") {
      order.opens_session = true;
      end = client.log->wait_ended(client.send("none this time", order));
      CHECK(peer.requests()[2].field("Mcp-Session-Id") == "(none)");
      client.log->wait_ended(client.call("{}"));
      CHECK(peer.requests()[3].field("Mcp-Session-Id") == "(none)");
    }
  }
}

SCENARIO("an id that cannot be a session's is refused", "[http]") {
  for (auto id : {std::string{"a b"}, std::string{"a\x7f"},
                  std::string{"\xC3\xA4"}, std::string(1025, 'x')}) {
    auto peer = http_peer{[id](http_peer::talk& t) {
      auto x = peer_request{};
      while (t.read(x))
        t.answer(200, "application/json", "{}",
                 "Mcp-Session-Id: " + id + "\r\n");
    }};
    auto client =
      http_client{std::make_shared<http_pool>(), spec_of(peer.url())};
    auto order = exchange_order{};
    order.owes_answer = true;
    order.opens_session = true;
    auto end = client.log->wait_ended(client.send("{}", order));
    CHECK(end.why == errc::protocol_error);
    CHECK(end.frames.empty());
    client.stop();
    CHECK(peer.requests().size() == 1);
  }
}
