// Covers actors/client/lists.cpp, actors/client/catalog.hpp,
// actors/client/refresh_pace.hpp, actors/client/asked_call.hpp,
// actors/session/list_changes.hpp.

#include "troupe/tests/support/actor_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct offers_world : actor_world {
  offers_world() {
    auto& x = server();
    x.capabilities =
      R"({"tools":{"listChanged":true},"resources":{},"prompts":{}})";
    x.results["resources/list"] = R"({"resources":[{"uri":"u:a","new":1}]})";
    x.results["resources/templates/list"] =
      R"({"resourceTemplates":[{"uriTemplate":"u:{x}"}]})";
    x.results["prompts/list"] = R"({"prompts":[{"name":"p"}]})";
    x.results["resources/read"] = R"({"contents":[{"uri":"u:a","text":"t"}]})";
    x.results["prompts/get"] =
      R"({"messages":[{"role":"user","content":{"type":"text","text":"h"}}]})";
  }

  /// What stands behind `_meta`.
  std::string params_of(const std::string& method) {
    std::string text{server().asked.at(method).params.text()};
    return '{' + text.substr(text.find("}, ") + 3);
  }

  void say_changed(int times = 1, const std::string& what = "tools") {
    for (int i = 0; i < times; ++i)
      server().pipe->send(json_rpc::format_notification(
        "notifications/" + what + "/list_changed", {}));
    settle();
  }
};

} // namespace

SCENARIO_METHOD(offers_world, "clients pass on resources and prompts",
                "[client]") {
  GIVEN("a server that has them") {
    auto a = open();
    THEN("each list is asked for once, and kept as it came") {
      for (int i = 0; i < 2; ++i) {
        auto list = ask(a, list_resources{});
        REQUIRE(list->ok());
        REQUIRE(list->value.resources.size() == 1);
        CHECK(list->value.resources[0].raw.text()
              == R"({"uri":"u:a","new":1})");
      }
      CHECK(server().times_asked["resources/list"] == 1);
      auto templates = ask(a, list_resource_templates{});
      REQUIRE(templates->ok());
      CHECK(templates->value.templates.at(0).uri_template == "u:{x}");
      auto prompts = ask(a, list_prompts{});
      REQUIRE(prompts->ok());
      CHECK(prompts->value.prompts.at(0).name == "p");
      ask(a, list_prompts{true});
      CHECK(server().times_asked["prompts/list"] == 2);
    }
    THEN("a resource is read, by the client's handle or by its name") {
      auto read = ask(a, read_resource{"u:a"});
      REQUIRE(read->ok());
      CHECK(read->value.text() == "t");
      CHECK(params_of("resources/read") == R"({"uri":"u:a"})");
      auto named = ask(registry_handle, by_name<read_resource>{"a", {"u:b"}});
      REQUIRE(named->ok());
      CHECK(server().times_asked["resources/read"] == 2);
    }
    THEN("a prompt is gotten, with its arguments") {
      auto got = ask(a, get_prompt{"p", json::trusted(R"({"k":"v"})")});
      REQUIRE(got->ok());
      CHECK(got->value.messages().at(0).content.text == "h");
      CHECK(params_of("prompts/get")
            == R"({"name":"p","arguments":{"k":"v"}})");
    }
    THEN("what makes no sense is not sent") {
      auto code = [](auto x) { return x->error.code; };
      CHECK(code(ask(a, read_resource{})) == errc::invalid_argument);
      CHECK(code(ask(a, get_prompt{})) == errc::invalid_argument);
      CHECK(code(ask(a, get_prompt{"p", json::trusted("[]")}))
            == errc::invalid_argument);
      CHECK(code(ask(a, complete_argument{})) == errc::invalid_argument);
    }
    THEN("what the server does not declare is not asked for") {
      complete_argument x;
      x.prompt = "p";
      x.argument = "k";
      auto got = ask(a, x);
      CHECK(got->error.code == errc::not_supported);
      CHECK(got->error.what_became == fate::not_sent);
    }
  }
  GIVEN("a server that completes arguments") {
    server().capabilities = R"({"completions":{}})";
    server().results["completion/complete"] =
      R"({"completion":{"values":["x"]}})";
    auto a = open();
    complete_argument x;
    x.uri_template = "u:{x}";
    x.argument = "x";
    x.value = "b";
    x.others = json::trusted(R"({"y":"1"})");
    auto got = ask(a, x);
    REQUIRE(got->ok());
    CHECK(got->value.values() == std::vector<std::string>{"x"});
    CHECK(params_of("completion/complete")
          == R"({"ref":{"type":"ref/resource","uri":"u:{x}"},)"
             R"("argument":{"name":"x","value":"b"},)"
             R"("context":{"arguments":{"y":"1"}}})");
    CHECK(ask(a, list_resources{})->value.resources.empty());
  }
  GIVEN("a server that is away") {
    server().answers_handshake = false;
    auto a = open();
    auto pending = ask(a, read_resource{"u:a"});
    auto list = ask(a, list_resources{});
    WHEN("it comes") {
      server().answer_handshake();
      settle();
      THEN("what waited is asked for") {
        CHECK(pending->ok());
        CHECK(list->ok());
      }
    }
    WHEN("the client is closed") {
      ask(a, close_client{});
      CHECK(pending->error.code == errc::closed);
      CHECK(list->error.code == errc::closed);
    }
  }
}

SCENARIO_METHOD(offers_world, "R3, S46: clients follow changes, not floods",
                "[client]") {
  GIVEN("a list that was asked for") {
    auto a = open();
    ask(a, list_tools{});
    REQUIRE(server().lists == 1);
    WHEN("the server says once that it has changed") {
      say_changed();
      THEN("it is read again at once, and known again") {
        CHECK(server().lists == 2);
        CHECK_FALSE(ask(a, list_tools{})->value.stale);
        CHECK(server().lists == 2);
      }
    }
    WHEN("it says so 200 times in a burst") {
      server().answers_lists = false;
      say_changed(200);
      THEN("one is read, and one more when that is over") {
        CHECK(server().lists == 2);
        server().answers_lists = true;
        server().answer_list();
        settle();
        advance(10min);
        CHECK(server().lists == 3);
      }
    }
    WHEN("it says so with each list that is read") {
      server().changes_with_lists = true;
      say_changed();
      advance(10min);
      THEN("it is read more and more seldom") {
        CHECK(server().lists > 5);
        CHECK(server().lists < 20);
      }
    }
    WHEN("other lists change, which were never asked for") {
      say_changed(1, "prompts");
      say_changed(1, "resources");
      CHECK(server().times_asked["prompts/list"] == 0);
      CHECK(server().times_asked["resources/list"] == 0);
      CHECK(server().lists == 1);
    }
    WHEN("the server ends and comes back") {
      server().pipe->hang_up(errc::child_exited, "exit status 1");
      settle();
      advance(5s);
      REQUIRE(status_of(a).state == phase::ready);
      THEN("the list is read again") {
        CHECK(server().lists == 2);
      }
    }
  }
  GIVEN("resources that were asked for, and their templates") {
    auto a = open();
    ask(a, list_resources{});
    ask(a, list_resource_templates{});
    say_changed(1, "resources");
    CHECK(server().times_asked["resources/list"] == 2);
    CHECK(server().times_asked["resources/templates/list"] == 2);
  }
  GIVEN("no agent that asked for a list") {
    auto a = open();
    say_changed();
    CHECK(server().lists == 0);
  }
}
