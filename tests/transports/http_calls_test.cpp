#include "tests/support/http_fixture.hpp"

#include <catch2/catch.hpp>

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
