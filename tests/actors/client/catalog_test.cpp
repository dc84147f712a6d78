// Covers actors/client/catalog.hpp, actors/client/refresh_pace.hpp.
// The last lists of a server: whether they are fresh, and who waits for them.

#include "troupe/actors/client/catalog.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr auto start = catalog::time_point{} + 1h;
constexpr auto tools = offer_kind::tools;
constexpr auto prompts = offer_kind::prompts;

/// A list of tools by these names, read by that ticket.
list_ended listed(uint64_t ticket, std::vector<std::string> names) {
  tool_list list;
  for (auto& name : names) {
    tool x;
    x.name = std::move(name);
    list.tools.push_back(std::move(x));
  }
  return {ticket, tools, offer_list{std::move(list)}};
}

void wait_for_tools(catalog& testee, wait_deadline::time_point until) {
  wait_deadline by{start};
  by.usual(until);
  testee.wait(list_reply{}, {}, by); // of tools
}

/// The tools of the list that is known, by name; "none" where no list is.
std::string given(const catalog& testee, bool refresh = false,
                  bool away = false) {
  auto list = testee.known(tools, refresh, away);
  if (!list)
    return "none";
  auto& x = std::get<tool_list>(*list);
  std::string result = x.stale ? "stale:" : "fresh:";
  for (auto& tool : x.tools)
    result += ' ' + tool.name;
  return result;
}

const failure lost{errc::connection_lost, fate::not_sent, "lost"};

} // namespace

SCENARIO("a list is read once for all who wait for it", "[catalog]") {
  catalog testee{false};
  CHECK(given(testee) == "none");
  CHECK_FALSE(testee.wanted(tools));
  wait_for_tools(testee, start + 10s);
  wait_for_tools(testee, start + 10s);
  REQUIRE(testee.wanted(tools));
  CHECK_FALSE(testee.wanted(prompts));
  testee.reading(tools, 7);
  THEN("it is not asked for again while it is read") {
    CHECK_FALSE(testee.wanted(tools));
    CHECK(testee.reads(7));
    CHECK(testee.reads(tools));
  }
  WHEN("it comes") {
    auto list = listed(7, {"a", "b"});
    auto outcome = testee.listed(list, start);
    THEN("both get it, and the next gets it at once") {
      CHECK(outcome.answers.size() == 2);
      CHECK_FALSE(outcome.again);
      CHECK(given(testee) == "fresh: a b");
      CHECK(given(testee, true) == "none");
    }
  }
  WHEN("it fails") {
    auto ends = testee.failed(7, lost);
    THEN("both hear why, and nothing is read") {
      REQUIRE(ends.size() == 2);
      CHECK(ends[0].with.error.code == errc::connection_lost);
      CHECK_FALSE(testee.reads(tools));
    }
  }
  WHEN("the connection is lost") {
    testee.on_connection_lost();
    THEN("they wait for the next one, and what comes late is dropped") {
      CHECK(testee.wanted(tools));
      auto list = listed(7, {"a"});
      CHECK(testee.listed(list, start).answers.empty());
      CHECK(given(testee) == "none");
    }
  }
}

SCENARIO("the last list is good while the server is away", "[catalog]") {
  catalog testee{false};
  testee.reading(tools, 1);
  auto list = listed(1, {"a"});
  testee.listed(list, start);
  testee.on_connection_lost();
  CHECK(given(testee, false, true) == "stale: a");
  CHECK(given(testee, true, true) == "stale: a");
  CHECK(given(testee, false, false) == "none");
  CHECK(testee.followed() == catalog::kinds{tools});
}

SCENARIO("a change is read at once, and then ever more seldom", "[catalog]") {
  catalog testee{false};
  CHECK(testee.changed(tools, start).empty()); // not asked for by anybody
  testee.reading(tools, 1);
  auto list = listed(1, {"a"});
  testee.listed(list, start);
  REQUIRE(testee.changed(tools, start) == catalog::kinds{tools});
  testee.reading_again(tools, 2, start);
  WHEN("it changes while it is read") {
    CHECK(testee.changed(tools, start).empty());
    auto again = listed(2, {"b"});
    auto outcome = testee.listed(again, start);
    THEN("what came is given as stale, and it is read again after a pause") {
      CHECK_FALSE(outcome.again);
      CHECK(given(testee, false, true) == "stale: b");
      REQUIRE(testee.next_deadline(false));
      CHECK(*testee.next_deadline(false) > start);
      CHECK(testee.take_due(start).empty());
      CHECK(testee.take_due(*testee.next_deadline(false))
            == catalog::kinds{tools});
    }
  }
}

SCENARIO("another server has other lists", "[catalog]") {
  catalog testee{false};
  testee.reading(tools, 1);
  auto list = listed(1, {"a"});
  testee.listed(list, start);
  testee.learn_names(tools, {{"shown", "real"}});
  CHECK(testee.server() == 1);
  testee.forget(false);
  CHECK(given(testee, false, true) == "none");
  CHECK(testee.names().empty());
  CHECK(testee.server() == 2);
  CHECK(testee.followed() == catalog::kinds{tools}); // for those who asked
}

SCENARIO("a request that waits too long for a list is told so", "[catalog]") {
  catalog testee{false};
  wait_for_tools(testee, start + 10s);
  CHECK(testee.next_deadline(false) == start + 10s);
  CHECK(testee.expire(start + 9s, false).empty());
  testee.put_off(start + 1s, start + 6s);
  CHECK(testee.next_deadline(false) == start + 15s);
  CHECK(testee.expire(start + 15s, true).empty()); // the start is queued again
  CHECK(testee.expire(start + 15s, false).size() == 1);
  CHECK(testee.waiting(tools) == 0);
}

SCENARIO("lists of tools are counted, so that headers can be told apart",
         "[catalog]") {
  catalog testee{true};
  CHECK(testee.tools_known() == 0);
  CHECK(testee.tools_next() == 1);
  testee.reading(tools, 1);
  CHECK(testee.tools_next() == 2);
  auto list = listed(1, {"a"});
  testee.listed(list, start);
  CHECK(testee.tools_known() == 1);
  testee.reading(tools, 2);
  testee.failed(2, lost);
  CHECK(testee.tools_known() == 1);
  CHECK(testee.tools_next() == 3);
}

SCENARIO("a tool is harmless where the server's own list says so",
         "[catalog]") {
  catalog testee{false};
  CHECK_FALSE(testee.is_harmless("a"));
  testee.reading(tools, 1);
  auto list = listed(1, {"a", "b", "c"});
  auto& items = std::get<tool_list>(list.list.value).tools;
  items[1].annotations.read_only_hint = true;
  items[2].annotations.idempotent_hint = true;
  testee.listed(list, start);
  CHECK_FALSE(testee.is_harmless("a"));
  CHECK(testee.is_harmless("b"));
  CHECK(testee.is_harmless("c"));
  CHECK_FALSE(testee.is_harmless("d"));
}
