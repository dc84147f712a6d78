// Covers actors/client/starts.cpp, actors/client/start_plan.hpp,
// actors/supervision/supervisor.hpp, messages/client_identity.hpp.
// The name and the version of its client that a server sees.

#include "troupe/tests/support/actor_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct named_world : actor_world {
  named_world() : actor_world(nullptr, {"editor", "The Editor", "2.1"}) {
    // nop
  }

  static std::string told(const json_rpc::request& x) {
    return std::string{x.params.find("clientInfo").value_or(json{}).text()};
  }

  /// In the modern dialect.
  static std::string told_in_meta(const json_rpc::request& x) {
    auto meta = x.params.find("_meta").value_or(json{});
    auto info = meta.find("io.modelcontextprotocol/clientInfo");
    return std::string{info.value_or(json{}).text()};
  }
};

const std::string editor =
  R"({"name":"editor","title":"The Editor","version":"2.1"})";

} // namespace

SCENARIO_METHOD(named_world, "servers are told the embedder's name and version",
                "[client_info]") {
  GIVEN("a legacy server") {
    auto a = open();
    CHECK(told(server().asked_to_initialize) == editor);
    WHEN("it is started again") {
      server().asked_to_initialize = {};
      auto again = ask(a, reload{});
      advance(2s);
      REQUIRE(again->ok());
      THEN("it hears the same") {
        CHECK(told(server().asked_to_initialize) == editor);
      }
    }
    WHEN("its client dies of a bug") {
      server().asked_to_initialize = {};
      caf::anon_send_exit(a, caf::exit_reason::kill);
      advance(2s);
      THEN("the next client says the same") {
        CHECK(told(server().asked_to_initialize) == editor);
      }
    }
  }
  GIVEN("a modern server") {
    auto x = spec("b");
    x.dialect = dialect_choice::modern;
    auto& b = server("b");
    b.results["server/discover"] =
      R"({"resultType":"complete","supportedVersions":["2026-07-28"],)"
      R"("capabilities":{"tools":{}},"ttlMs":0,"cacheScope":"private"})";
    b.answers_calls = false;
    auto testee = open(x);
    REQUIRE(status_of(testee).state == phase::ready);
    CHECK(told_in_meta(b.asked["server/discover"]) == editor);
    THEN("each request says it") {
      auto pending = send_to(testee, call_tool{"echo", {}});
      settle();
      REQUIRE(b.open_calls.size() == 1);
      CHECK(told_in_meta(b.open_calls.front()) == editor);
      b.answer_call();
    }
  }
}
