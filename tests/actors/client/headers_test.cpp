// Covers actors/client/request_book.hpp, actors/client/requests.cpp,
// actors/client/catalog.hpp, actors/session/tool_headers.hpp.

#include "troupe/tests/support/site_world.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace troupe;
using namespace troupe::test;

namespace {

using call_outcome = outcome<answer<call_tool_result>>;

struct headers_fixture : site_world {
  client_handle testee;

  /// A ready client of a modern server over HTTP whose tool wants a header.
  headers_fixture() {
    site().header = "Where";
    testee = open(site_spec());
    REQUIRE(status_of(testee).state == phase::ready);
  }

  call_tool what(uint64_t tag = 0) {
    return {"find", json::trusted(R"({"where":"here"})"), tag};
  }

  call_outcome find() {
    return call(testee, what());
  }

  int lists() {
    return site().times["tools/list"];
  }
  int calls() {
    return site().times["tools/call"];
  }

  void serve(size_t count = 1) {
    for (size_t i = 0; i < count; ++i)
      site().serve_kept();
    settle();
  }

  void refuse() {
    auto x = site().kept.front();
    site().kept.pop_front();
    site().refuse(x, 400, json_rpc::header_mismatch, "no header fits");
    settle();
  }

  /// A call that was refused, and the list that it waits for.
  call_outcome refused(call_tool x) {
    site().answers_lists = false;
    auto pending = call(testee, std::move(x));
    REQUIRE(pending.open());
    REQUIRE(lists() == 1);
    return pending;
  }

  bool was_refused(const call_outcome& x) {
    return x->error.code == errc::server_error
           && x->error.server_code == json_rpc::header_mismatch
           && x->error.what_became == fate::refused;
  }
};

} // namespace

SCENARIO_METHOD(headers_fixture,
                "a call whose headers are refused is repeated, once, with "
                "those of a fresh list",
                "[calls]") {
  GIVEN("a list that was never asked for") {
    THEN("the call succeeds all the same, and the next at once") {
      CHECK(find()->ok());
      CHECK(calls() == 2);
      CHECK(find()->ok());
      CHECK(lists() == 1);
      CHECK(calls() == 3);
      CHECK(site().executed["find"] == 2);
      CHECK(status_of(testee).calls_failed == 0);
    }
  }
  GIVEN("a list that has changed without a word") {
    ask(testee, list_tools{});
    REQUIRE(find()->ok());
    site().header = "Place";
    CHECK(find()->ok());
    CHECK(lists() == 2);
    CHECK(calls() == 3);
  }
  GIVEN("a server that refuses whatever comes") {
    site().answers_calls = false;
    auto pending = find();
    refuse();
    REQUIRE(calls() == 2);
    REQUIRE(pending.open());
    refuse();
    THEN("its caller hears so, and nothing is sent a third time") {
      CHECK(was_refused(pending));
      CHECK(lists() == 1);
      CHECK(calls() == 2);
    }
  }
  GIVEN("a server that has asked back before") {
    site().answers_calls = false;
    auto pending = find();
    site().results.push_back(
      R"({"resultType":"input_required","requestState":"s"})");
    site().kept.front().order = [&] {
      auto x = *site().kept.front().order;
      x.headers.emplace_back("Mcp-Param-Where", "here");
      return std::make_shared<const exchange_order>(x);
    }();
    serve();
    REQUIRE(calls() == 2);
    refuse();
    THEN("the call is not begun again") {
      CHECK(was_refused(pending));
      CHECK(lists() == 0);
    }
  }
}

SCENARIO_METHOD(headers_fixture,
                "calls whose headers are refused share one fresh list",
                "[calls]") {
  site().answers_calls = false;
  site().answers_lists = false;
  std::vector<call_outcome> pending;
  for (int i = 0; i < 10; ++i)
    pending.push_back(find());
  for (int i = 0; i < 9; ++i)
    refuse();
  auto late = site().kept.front();
  site().kept.pop_front();
  REQUIRE(site().kept.size() == 1); // the list
  CHECK(status_of(testee).in_flight == 10);
  serve();
  CHECK(calls() == 19);
  GIVEN("that one is refused when the list is there") {
    site().refuse(late, 400, json_rpc::header_mismatch, "no header fits");
    settle();
    CHECK(calls() == 20);
    serve(10);
    THEN("that list serves it, too") {
      for (auto& x : pending)
        CHECK(x->ok());
      CHECK(lists() == 1);
      CHECK(site().executed["find"] == 10);
    }
  }
}

SCENARIO_METHOD(headers_fixture,
                "a list that was asked for before the refusal is not believed",
                "[calls]") {
  site().answers_calls = false;
  site().answers_lists = false;
  auto pending = find();
  auto listed = ask(testee, list_tools{});
  REQUIRE(site().kept.size() == 2);
  refuse();
  REQUIRE(lists() == 1);
  serve();
  CHECK(listed->ok());
  CHECK(lists() == 2);
  CHECK(calls() == 1);
  serve();
  CHECK(calls() == 2);
  serve();
  CHECK(pending->ok());
}

SCENARIO_METHOD(headers_fixture,
                "a call that waits for fresh headers keeps its deadlines",
                "[calls]") {
  GIVEN("an idle time of 5 s, and a list that does not come") {
    auto x = what();
    x.idle_timeout = 5s;
    auto pending = refused(x);
    advance(4900ms);
    CHECK(pending.open());
    advance(200ms);
    CHECK(pending->error.code == errc::overdue);
    CHECK(pending->error.what_became == fate::not_sent);
    AND_THEN("nothing is sent when it does") {
      serve();
      CHECK(calls() == 1);
    }
  }
  GIVEN("10 s in all, of which the refusal has taken 6") {
    site().answers_calls = false;
    auto x = what();
    x.total_timeout = 10s;
    auto pending = call(testee, x);
    advance(6s);
    refuse();
    REQUIRE(calls() == 2);
    THEN("the second try has 4") {
      advance(3900ms);
      CHECK(pending.open());
      advance(200ms);
      CHECK(pending->error.code == errc::timed_out);
      CHECK(pending->error.what_became == fate::outcome_unknown);
    }
  }
  GIVEN("a list that is never answered") {
    auto pending = refused(what());
    advance(31s);
    THEN("the refusal is the answer") {
      CHECK(was_refused(pending));
      CHECK(calls() == 1);
    }
  }
}

SCENARIO_METHOD(headers_fixture,
                "a call that waits for fresh headers can be ended", "[calls]") {
  auto pending = refused(what(7));
  auto other = find();
  auto not_sent = [](const call_outcome& x, errc why) {
    return x->error.code == why && x->error.what_became == fate::not_sent;
  };
  WHEN("its caller cancels") {
    tell(agent, testee, cancel_call{7});
    CHECK(not_sent(pending, errc::cancelled));
    THEN("it is not sent when the list comes; others are") {
      serve();
      CHECK(calls() == 3);
      CHECK(other->ok());
    }
  }
  WHEN("the list is refused") {
    auto list = site().kept.front();
    site().refuse(list, 500, json_rpc::internal_error, "no list");
    settle();
    CHECK(was_refused(pending));
    CHECK(was_refused(other));
  }
  WHEN("the server cannot be reached any more") {
    auto list = site().kept.front();
    site().reachable = false;
    call(testee, {"other", {}});
    CHECK(pending.open()); // the list is still under way
    site().cut(list);
    settle();
    CHECK(was_refused(pending));
    CHECK(was_refused(other));
  }
  WHEN("the client is reloaded, and the list comes meanwhile") {
    auto reloaded = ask(testee, reload{});
    REQUIRE(reloaded.open());
    serve();
    CHECK(pending->ok());
    CHECK(other->ok());
    CHECK(reloaded->ok());
  }
  WHEN("the client is closed") {
    CHECK(ask(testee, close_client{})->ok());
    CHECK(not_sent(pending, errc::closed));
  }
  WHEN("the client is killed") {
    caf::anon_send_exit(testee, caf::exit_reason::kill);
    settle();
    CHECK(not_sent(pending, errc::client_down));
  }
}

SCENARIO_METHOD(headers_fixture,
                "in the legacy dialect that code is an error like others",
                "[calls]") {
  auto x = site_spec("b");
  x.dialect = dialect_choice::legacy;
  auto legacy = open(x);
  ask(legacy, list_tools{}); // the tool may be repeated
  auto before = lists();
  auto pending = call(legacy, what());
  CHECK(was_refused(pending));
  CHECK(lists() == before);
}

SCENARIO_METHOD(site_world, "a tool whose name is hidden keeps its headers",
                "[client][words]") {
  constexpr auto place = "a-private-place";
  ::setenv("TROUPE_TEST_PLACE", place, 1);
  auto x = site_spec();
  x.headers.emplace("X-Place", "${TROUPE_TEST_PLACE}");
  site().tool = place;
  site().header = "Where";
  auto testee = open(x);
  auto list = ask(testee, list_tools{});
  REQUIRE(list->ok());
  auto shown = list->value.tools.at(0).name;
  CHECK(shown == "${TROUPE_TEST_PLACE}");
  CHECK(call(testee, {shown, json::trusted(R"({"where":"here"})")})->ok());
  CHECK(site().times["tools/call"] == 1);
  CHECK(site().executed[place] == 1);
  ::unsetenv("TROUPE_TEST_PLACE");
}
