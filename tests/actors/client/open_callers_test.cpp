// Covers actors/client/open_callers.hpp.

#include "troupe/actors/client/open_callers.hpp"

#include "troupe/tests/support/deterministic_fixture.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe;
using namespace troupe::test;

namespace {

struct callers_fixture : deterministic_fixture {
  std::set<caf::actor_id> watched;
  size_t watches = 0;
  size_t unwatches = 0;

  open_callers make(size_t watched_max) {
    return {[this](const caf::strong_actor_ptr& who) {
              watched.insert(who->id());
              return ++watches;
            },
            [this](const caf::actor_addr& who, uint64_t) {
              watched.erase(who.id());
              ++unwatches;
            },
            watched_max};
  }

  caf::strong_actor_ptr caller() {
    return caf::actor_cast<caf::strong_actor_ptr>(spawn_agent());
  }
};

} // namespace

SCENARIO_METHOD(callers_fixture,
                "a caller is watched once, however many calls it makes",
                "[callers]") {
  auto callers = make(10);
  auto who = caller();
  for (int i = 0; i < 3; ++i) {
    auto a = callers.enter(who);
    auto b = callers.enter(who);
    CHECK(a.who() == who);
  }
  CHECK(watches == 1);
  CHECK(unwatches == 0);
  CHECK(callers.size() == 1);
}

SCENARIO_METHOD(callers_fixture, "a call without a caller watches no actor",
                "[callers]") {
  auto callers = make(10);
  auto nobody = callers.enter(nullptr);
  CHECK(nobody.who() == nullptr);
  CHECK(watches == 0);
  CHECK(callers.size() == 0);
}

SCENARIO_METHOD(callers_fixture,
                "of callers without an open call so many are remembered",
                "[callers]") {
  auto callers = make(10);
  auto busy = caller();
  auto open = callers.enter(busy);
  for (int i = 0; i < 1000; ++i) {
    callers.enter(caller());
    CHECK(callers.size() <= 10);
  }
  CHECK(watched.size() == callers.size());
  CHECK(watched.count(busy->id()) == 1);
}

SCENARIO_METHOD(callers_fixture,
                "one with an open call is never let go, and more of them cost "
                "no search each",
                "[callers]") {
  auto callers = make(10);
  std::vector<open_callers::hold> open;
  for (int i = 0; i < 100; ++i)
    open.push_back(callers.enter(caller()));
  CHECK(callers.size() == 100);
  CHECK(unwatches == 0);
  open.clear();
  for (int i = 0; i < 100; ++i)
    callers.enter(caller());
  CHECK(callers.size() <= 100);
  CHECK(watched.size() == callers.size());
}

SCENARIO_METHOD(callers_fixture, "nothing is kept of a caller that has ended",
                "[callers]") {
  auto callers = make(2);
  auto who = caller();
  auto where = caf::actor_cast<caf::actor_addr>(who);
  GIVEN("no open call") {
    callers.enter(who);
    callers.on_down(where);
    CHECK(callers.size() == 0);
  }
  GIVEN("an open call") {
    auto open = callers.enter(who);
    callers.on_down(where);
    AND_WHEN("another of its calls comes, sent before its end") {
      callers.enter(who);
      THEN("its end is asked for again") {
        CHECK(watches == 2);
      }
    }
    AND_WHEN("that call ends, and others come") {
      open = {};
      for (int i = 0; i < 5; ++i)
        callers.enter(caller());
      THEN("it goes, and is not unwatched: it was not watched any more") {
        CHECK(watched.count(who->id()) == 1); // as `unwatch` was not called
        CHECK(callers.size() <= 2);
      }
    }
  }
  GIVEN("it was never seen") {
    callers.on_down(where);
    CHECK(callers.size() == 0);
  }
}
