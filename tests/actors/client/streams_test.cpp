// Covers actors/client/starts.cpp, actors/session/http_streams.hpp,
// actors/session/jitter.hpp.
// Each client seeds the jitter of its session with another number. That shows
// with several clients only, so this needs actors, which sessions do not know.

#include "troupe/tests/support/site_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

SCENARIO_METHOD(site_world,
                "T6: clients whose idle streams a proxy cuts together open "
                "them again at different times, and none of them fails",
                "[client]") {
  std::vector<client_handle> clients;
  for (auto name : {"a", "b", "c"}) {
    auto x = site_spec(name);
    x.dialect = dialect_choice::legacy;
    x.timeouts.ping_after_idle = 0s;
    clients.push_back(open(x));
    for (auto& stream : site().streams)
      site().stands(stream);
    advance(1s);
    REQUIRE(status_of(clients.back()).state == phase::ready);
  }
  REQUIRE(site().streams.size() == 3);
  for (auto round = 0; round < 3; ++round) {
    advance(60s);
    for (auto& x : std::exchange(site().streams, {}))
      site().cut(x);
    settle();
    size_t together = 0;
    for (auto passed = 0ms; passed < 1200ms; passed += 2ms) {
      auto before = site().streams.size();
      advance(2ms);
      together = std::max(together, site().streams.size() - before);
      for (auto i = before; i < site().streams.size(); ++i)
        site().stands(site().streams[i]);
    }
    CHECK(site().streams.size() == 3);
    CHECK(together < 3);
  }
  for (auto& x : clients) {
    auto now = status_of(x);
    CHECK(now.state == phase::ready);
    CHECK(now.incarnation == 1);
    CHECK(now.restarts == 0);
    CHECK(now.calls_failed == 0);
    CHECK(now.last_error == errc::none);
  }
  for (auto& x : events)
    CHECK(x.why == errc::none);
}
