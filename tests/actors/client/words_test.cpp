// Covers actors/client/server_words.hpp, actors/client/list_searches.hpp,
// actors/client/requests.cpp.
// A name that a client shows with a hidden value replaced can be asked for by
// the name that is shown.

#include "troupe/tests/support/actor_world.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto folder = "/home/someone-private";

struct words_world : actor_world {
  words_world() {
    ::setenv("TROUPE_TEST_FOLDER", folder, 1);
    server().capabilities = R"({"tools":{},"resources":{},"prompts":{}})";
  }
  ~words_world() {
    ::unsetenv("TROUPE_TEST_FOLDER");
  }

  client_handle ready() {
    auto x = spec();
    x.args = {"${TROUPE_TEST_FOLDER}"};
    return open(x);
  }

  static std::string resources(size_t count, const std::string& more) {
    std::string result = R"({"resources":[)";
    for (size_t i = 0; i < count; ++i)
      result += (i > 0 ? "," : "")
                + (R"({"uri":"file://)" + std::string{folder}) + "/"
                + std::to_string(i) + R"(","description":")" + more + "\"}";
    return result + "]}";
  }
};

} // namespace

SCENARIO_METHOD(words_world,
                "what is listed by a changed name can be asked for by it",
                "[client][words]") {
  server().results["resources/list"] = resources(2, "d");
  server().results["resources/read"] = R"({"contents":[]})";
  server().results["prompts/list"] =
    R"({"prompts":[{"name":"in )" + std::string{folder} + "\"}]}";
  server().results["prompts/get"] = R"({"messages":[]})";
  auto a = ready();
  auto list = ask(a, list_resources{});
  REQUIRE(list->ok());
  auto uri = list->value.resources.at(1).uri;
  CHECK(uri == "file://${TROUPE_TEST_FOLDER}/1");
  CHECK(list->value.resources.at(1).raw.text()
        == R"({"uri":"file://${TROUPE_TEST_FOLDER}/1","description":"d"})");
  CHECK(ask(a, read_resource{uri})->ok());
  auto asked_for = [&](const std::string& method, const std::string& member) {
    return server().asked.at(method).params.find(member)->as_string();
  };
  CHECK(asked_for("resources/read", "uri")
        == "file://" + std::string{folder} + "/1");
  auto prompts = ask(a, list_prompts{});
  REQUIRE(prompts->ok());
  auto name = prompts->value.prompts.at(0).name;
  CHECK(name == "in ${TROUPE_TEST_FOLDER}");
  CHECK(ask(a, get_prompt{name})->ok());
  CHECK(asked_for("prompts/get", "name") == "in " + std::string{folder});
}

SCENARIO_METHOD(words_world,
                "what another server offered is not asked for by what was "
                "hidden in it",
                "[client][words]") {
  server().results["resources/list"] = resources(1, "d");
  server().results["resources/read"] = R"({"contents":[]})";
  auto a = ready();
  auto list = ask(a, list_resources{});
  auto uri = list->value.resources.at(0).uri;
  auto other = spec();
  other.args = {"--other"};
  server().results["resources/list"] = R"({"resources":[]})";
  GIVEN("a call that comes after the reload") {
    REQUIRE(ask(a, reload{0ms, {other}})->ok());
    CHECK(ask(a, read_resource{uri})->ok());
    CHECK(server().asked.at("resources/read").params.find("uri")->as_string()
          == uri);
  }
  GIVEN("a call that waits for a server meanwhile") {
    server().answers_handshake = false;
    server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
    settle();
    auto waiting = send_to(a, read_resource{uri});
    settle();
    REQUIRE(waiting.open());
    server().answers_handshake = true;
    REQUIRE(ask(a, reload{0ms, {other}})->ok());
    CHECK(waiting->error.code == errc::reloaded);
    CHECK(waiting->error.what_became == fate::not_sent);
    CHECK(server().times_asked["resources/read"] == 0);
  }
}

SCENARIO_METHOD(words_world, "a long list is searched in many turns",
                "[client][words]") {
  server().results["resources/list"] =
    resources(100, std::string(20 << 10, 'x'));
  auto a = ready();
  auto pending = send_to(a, list_resources{});
  // Each step is one message, and others' may stand between: 2 MB, 64 KiB each.
  size_t steps = 0;
  while (pending.open() && scheduler.try_run_once())
    ++steps;
  CHECK(steps > 30);
  settle();
  REQUIRE(pending->ok());
  CHECK(pending->value.resources.size() == 100);
  CHECK(pending->value.resources.at(99).uri
        == "file://${TROUPE_TEST_FOLDER}/99");
  GIVEN("a server that is lost meanwhile") {
    auto again = send_to(a, list_resources{true});
    server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
    settle();
    CHECK_FALSE(again.open());
    CHECK(ask(a, list_resources{true})->ok());
  }
}
