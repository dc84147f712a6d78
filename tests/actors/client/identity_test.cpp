// Covers actors/client/server_identity.hpp, actors/client/catalog.hpp,
// actors/client/request_book.hpp, actors/client/commands.cpp.
// What a client knows of its server is dropped where a reload names another
// server.

#include "troupe/tests/support/held_worlds.hpp"
#include "troupe/tests/support/registry_fixture.hpp"

#include <catch2/catch.hpp>

#include <functional>

using namespace troupe;
using namespace troupe::test;

namespace {

struct identity_fixture : registry_fixture {
  client_handle testee;

  /// A ready client whose tools are known.
  identity_fixture() {
    testee = open();
    REQUIRE(tools()->ok());
  }

  outcome<answer<tool_list>> tools() {
    return ask(testee, list_tools{});
  }

  /// Reloaded with that spec, and not ready before `answer_handshake`.
  outcome<answer<client_status>> become(server_spec x) {
    server().answers_handshake = false;
    return ask(testee, reload{0ms, {std::move(x)}});
  }
};

struct other_site_fixture : held_site_world {
  void forget_session() {
    site().answers_calls = true;
    auto x = site().kept.front();
    site().kept.clear();
    site().forget(x);
    advance(1s);
  }
};

} // namespace

SCENARIO_METHOD(identity_fixture,
                "lists and words of a server are not those of another that "
                "takes its name",
                "[client]") {
  GIVEN("a reload to what is another server") {
    auto x = spec();
    auto changes = std::map<std::string, std::function<void()>>{
      {"command", [&] { x.command = "/bin/false"; }},
      {"arguments", [&] { x.args = {"--other"}; }},
      {"environment", [&] { x.env["A"] = secret{"b"}; }},
      {"inherited", [&] { x.env_inherit = {"A"}; }},
      {"folder", [&] { x.cwd = "/"; }},
    };
    auto what = GENERATE(as<std::string>{}, "command", "arguments",
                         "environment", "inherited", "folder");
    INFO(what);
    changes.at(what)();
    auto reloaded = become(x);
    THEN("nothing of the old one is told while the new one starts") {
      CHECK(tools().open());
      auto now = status_of(testee);
      CHECK(now.state == phase::handshaking);
      CHECK(now.server.name.empty());
      CHECK(now.instructions.empty());
      CHECK(now.protocol_version.empty());
    }
    THEN("the new one's list is read, as one that an agent has asked for") {
      server().answers_lists = false;
      server().answer_handshake();
      settle();
      CHECK(reloaded->ok());
      CHECK(server().lists == 2);
      auto list = tools();
      CHECK(list.open());
      server().answer_list();
      settle();
      CHECK(list->ok());
      CHECK_FALSE(list->value.stale);
    }
  }
  GIVEN("a reload that changes how the same server is treated") {
    auto x = spec();
    x.description = "described";
    x.timeouts.call_idle = 5s;
    x.limits.in_flight_max = 1;
    auto reloaded = become(x);
    THEN("its list is told, as last known") {
      REQUIRE(tools()->ok());
      CHECK(tools()->value.stale);
      CHECK(status_of(testee).server.name == "scripted");
    }
  }
  GIVEN("a restart") {
    server().answers_handshake = false;
    server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
    advance(2s);
    CHECK(tools()->value.stale);
  }
}

SCENARIO_METHOD(identity_fixture,
                "a list that the old server still gives is not the new one's",
                "[client]") {
  server().answers_calls = false;
  server().answers_lists = false;
  auto pending = call(testee);
  auto list = ask(testee, list_tools{true});
  auto reloaded = become(other_spec());
  REQUIRE(status_of(testee).state == phase::draining);
  WHEN("the old one answers the list, and then the call") {
    server().answer_list();
    settle();
    CHECK(list.open());
    server().answer_call();
    settle();
    CHECK(pending->ok());
    REQUIRE(status_of(testee).state == phase::handshaking);
    CHECK(tools().open());
    THEN("who waits has the new one's") {
      server().answers_lists = true;
      server().answer_handshake();
      settle();
      CHECK(list->ok());
      CHECK(server().lists == 3);
    }
  }
}

SCENARIO_METHOD(other_site_fixture,
                "what one server calls harmless is not repeated at another",
                "[calls]") {
  auto met = call(testee, {"find", {}});
  auto other = call(testee, {"find", {}});
  auto x = legacy();
  auto goes_on = false;
  SECTION("another server") {
    x.headers["Who"] = secret{"somebody else"};
  }
  SECTION("the same one, treated otherwise") {
    x.description = "described";
    goes_on = true;
  }
  auto reloaded = ask(testee, reload{0ms, {x}});
  REQUIRE(status_of(testee).state == phase::draining);
  forget_session();
  CHECK(reloaded->ok());
  CHECK(met->ok() == goes_on);
  CHECK(other->ok() == goes_on);
  CHECK(site().executed["find"] == (goes_on ? 2 : 0));
  if (!goes_on)
    CHECK(other->error.what_became == fate::outcome_unknown);
}

SCENARIO_METHOD(site_world,
                "a call that another server refused for its headers is not "
                "made to fit a new one",
                "[calls]") {
  site().header = "Where";
  site().answers_lists = false;
  auto testee = open(site_spec());
  auto pending = call(testee, {"find", json::trusted(R"({"where":"here"})")});
  REQUIRE(pending.open()); // it was refused, and waits for a list
  REQUIRE(site().times["tools/list"] == 1);
  auto x = site_spec();
  x.headers["Who"] = secret{"somebody else"};
  auto reloaded = ask(testee, reload{0ms, {x}});
  CHECK(pending->error.code == errc::server_error);
  CHECK(pending->error.what_became == fate::refused);
  CHECK(reloaded->ok());
  CHECK(site().times["tools/call"] == 1);
}
