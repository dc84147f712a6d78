// Covers transports/http/link.hpp, transports/http/exchange.hpp.

#include "troupe/tests/support/http_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;

using tickets = std::vector<uint64_t>;

namespace {

/// The URL of a peer that is gone, so that its port has no listener.
std::string url_of_nobody() {
  return http_peer{echo_all}.url();
}

} // namespace

SCENARIO(
  "T7: to close an outbox names each frame that met no server, also where "
  "the news of it are still under way",
  "[http]") {
  GIVEN("frames to a server that is not there") {
    auto client =
      http_client{std::make_shared<http_pool>(), spec_of(url_of_nobody())};
    auto expected = tickets{};
    for (auto i = 0; i < 3; ++i) {
      expected.push_back(client.call("{}"));
      CHECK(client.log->wait_ended(expected.back()).what_became
            == fate::not_sent);
    }
    WHEN("its client closes") {
      CHECK(client.out->close() == expected);
    }
    WHEN("the transport ends") {
      client.stop();
      CHECK(client.log->unsent() == expected);
    }
  }
  GIVEN("frames that were written, and answered or not") {
    auto peer = http_peer{[](http_peer::talk& t) {
      auto x = peer_request{};
      t.read(x);
      if (t.number() == 1)
        t.answer(200, "application/json", "{}");
      else
        t.reset();
    }};
    auto client =
      http_client{std::make_shared<http_pool>(), spec_of(peer.url())};
    CHECK(client.log->wait_ended(client.call("{}")).why == errc::none);
    CHECK(client.log->wait_ended(client.call("{}")).what_became
          == fate::outcome_unknown);
    WHEN("its client closes") {
      CHECK(client.out->close().empty());
    }
  }
}
