// Covers actors/supervision/dialect_memory.hpp,
// actors/supervision/supervisor.hpp, actors/client/starts.cpp,
// actors/client/ends.cpp, actors/session/handshake_http.cpp.

#include "troupe/tests/support/site_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct dialects_fixture : site_world {
  static constexpr auto other_path = "http://127.0.0.1:1/other";
  static constexpr auto other_port = "http://127.0.0.1:2/mcp";

  scripted_site& legacy_site(const std::string& url = first_url) {
    site(url).modern = false;
    return site(url);
  }

  /// A ready client whose spec does not say which dialect its server speaks.
  client_handle ready(const std::string& name,
                      const std::string& url = first_url) {
    auto x = open(site_spec(name, url));
    if (status_of(x).state != phase::ready)
      throw std::logic_error(name + " is not ready");
    return x;
  }

  int probes(const std::string& url = first_url) {
    return site(url).times["server/discover"];
  }
};

} // namespace

SCENARIO_METHOD(dialects_fixture,
                "S37: which dialect an origin speaks is asked once for all of "
                "its clients",
                "[supervision]") {
  legacy_site();
  legacy_site(other_path);
  legacy_site(other_port);
  auto a = ready("a");
  REQUIRE(probes() == 1);
  WHEN("a second client comes, and one with another path") {
    ready("b");
    ready("c", other_path);
    THEN("neither asks") {
      CHECK(probes() == 1);
      CHECK(probes(other_path) == 0);
      CHECK(site(other_path).times["initialize"] == 1);
    }
  }
  WHEN("one comes to another port") {
    ready("b", other_port);
    CHECK(probes(other_port) == 1);
  }
  WHEN("the first is reloaded") {
    CHECK(ask(a, reload{})->ok());
    CHECK(probes() == 1);
  }
  WHEN("an hour has passed") {
    advance(1h + 1s);
    ready("b");
    THEN("the next one asks, for those who follow") {
      CHECK(probes() == 2);
      ready("c");
      CHECK(probes() == 2);
    }
  }
  WHEN("others have come meanwhile") {
    advance(40min);
    ready("b");
    advance(21min);
    ready("c");
    THEN("the hour did not begin anew: they have asked no server") {
      CHECK(probes() == 2);
    }
  }
}

SCENARIO_METHOD(dialects_fixture,
                "S37: what turns out wrong of an origin is asked anew",
                "[supervision]") {
  legacy_site();
  ready("a");
  GIVEN("a server there that has become modern, and refuses the other") {
    site(other_path).legacy = false;
    auto b = ready("b", other_path);
    THEN("it is reached on the same connection, and the others ask again") {
      CHECK(status_of(b).protocol_version == modern_version);
      CHECK(site(other_path).connections == 1);
      CHECK(trail("b") == "connecting handshaking ready");
      ready("c");
      CHECK(probes() == 2);
    }
  }
  GIVEN("a server there that does not answer what it does not know") {
    auto& silent = site(other_path);
    silent.answers_initialize = false;
    auto b = open(site_spec("b", other_path));
    advance(40s);
    THEN("after its time it is asked") {
      CHECK(status_of(b).state == phase::ready);
      CHECK(silent.times["initialize"] == 1);
      CHECK(probes(other_path) == 1);
    }
  }
  GIVEN("a server there that cannot be reached") {
    site(other_path).reachable = false;
    open(site_spec("b", other_path));
    advance(10s);
    THEN("that says nothing") {
      ready("c");
      CHECK(probes() == 1);
    }
  }
}

SCENARIO_METHOD(dialects_fixture,
                "S37: what one client was told is no verdict for others",
                "[supervision]") {
  auto x = site_spec("a");
  x.dialect = dialect_choice::legacy;
  CHECK(status_of(open(x)).protocol_version == latest_legacy_version);
  CHECK(status_of(ready("b")).protocol_version == modern_version);
}
