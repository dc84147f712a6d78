// Covers actors/supervision/registry.hpp.

#include "troupe/tests/support/registry_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

// -- apply --------------------------------------------------------------------

SCENARIO_METHOD(registry_fixture,
                "the last of several changes counts, and an unchanged server "
                "goes on",
                "[registry]") {
  apply({spec("a"), spec("b")});
  GIVEN("two changes in a row, before anything of the first is done") {
    auto first = send(apply_servers{{spec("a"), other_spec("b")}});
    auto last = other_spec("b");
    last.args = {"--last"};
    auto second = send(apply_servers{{spec("a"), last}});
    settle();
    CHECK(first->value.replaced == names{"b"});
    CHECK(second->value.replaced == names{"b"});
    THEN("one server runs, by the last, and the other was left alone") {
      CHECK(server("a").pipe->connections() == 1);
      CHECK(phase_of("b") == phase::ready);
      CHECK(apply({spec("a"), last}).unchanged == names{"a", "b"});
    }
  }
  GIVEN("a change and its undoing") {
    apply({spec("a"), other_spec("b")});
    CHECK(apply({spec("a"), spec("b")}).replaced == names{"b"});
    CHECK(phase_of("b") == phase::ready);
    CHECK(server("b").pipe->connections() == 3);
  }
  GIVEN("a bad spec for a running server") {
    auto bad = spec("b");
    bad.command.clear();
    auto result = apply({spec("a"), bad});
    THEN("it is refused, and what runs goes on") {
      REQUIRE(result.refused.size() == 1);
      CHECK(result.refused.front().starts_with("b: "));
      CHECK(result.stopped.empty());
      CHECK(phase_of("b") == phase::ready);
    }
  }
  GIVEN("a name that is taken twice, and one that is disabled") {
    auto off = spec("b");
    off.enabled = false;
    auto result = apply({spec("a"), other_spec("a"), off});
    CHECK(result.refused == names{"a: the name is used twice"});
    CHECK(result.stopped == names{"b"});
    CHECK(result.unchanged == names{"a"});
  }
}

SCENARIO_METHOD(registry_fixture,
                "L1: a server that is wanted again while it stops is opened "
                "when the old one is gone",
                "[registry]") {
  apply({spec()});
  server().pipe->hold_on();
  auto closed = close_of_a();
  CHECK(apply({other_spec()}).started == names{"a"});
  CHECK(call_named()->error.code == errc::closed);
  CHECK(server().pipe->connections() == 1);
  WHEN("the old one is gone") {
    server().pipe->let_go();
    settle();
    THEN("the new one runs") {
      CHECK(closed->ok());
      CHECK(server().pipe->connections() == 2);
      CHECK(phase_of() == phase::ready);
      CHECK(apply({other_spec()}).unchanged == names{"a"});
    }
  }
  WHEN("it is not wanted any more before that") {
    CHECK(apply({}).stopped == names{"a"});
    CHECK(apply({}).stopped.empty());
    server().pipe->let_go();
    settle();
    THEN("none is opened") {
      CHECK(find()->error.code == errc::unknown_server);
      CHECK(server().pipe->connections() == 1);
    }
  }
  WHEN("everything is stopped before that") {
    auto stopped = ask(registry_handle, stop_all{});
    server().pipe->let_go();
    settle();
    THEN("S58: it is not opened") {
      CHECK(stopped->value.clean);
      CHECK(server().pipe->connections() == 1);
    }
  }
}

SCENARIO_METHOD(registry_fixture,
                "a server may be opened again as soon as its close is "
                "answered",
                "[registry]") {
  apply({spec()});
  server().pipe->hold_on();
  auto closed = close_of_a();
  auto opened = ask(registry_handle, open_client{spec()});
  CHECK(opened.open());
  auto twice = ask(registry_handle, open_client{spec()});
  CHECK(twice->error.code == errc::invalid_argument);
  SECTION("it is gone") {
    server().pipe->let_go();
    settle();
    REQUIRE(opened->ok());
    CHECK(status_of(opened->value.handle).state == phase::ready);
    CHECK(server().pipe->connections() == 2);
  }
  SECTION("it is closed again: the second opening fails, typed") {
    auto again = close_of_a();
    CHECK(opened->error.code == errc::closed);
    server().pipe->let_go();
    settle();
    CHECK(again->ok());
    CHECK(find()->error.code == errc::unknown_server);
  }
}

// -- lazy ---------------------------------------------------------------------

SCENARIO_METHOD(registry_fixture,
                "a lazy server whose spec is edited before its first use "
                "stays idle",
                "[registry]") {
  apply({lazy_spec()});
  auto edited = lazy_spec();
  edited.args = {"--other"};
  CHECK(apply({edited}).replaced == names{"a"});
  CHECK(phase_of() == phase::idle);
  CHECK(server().pipe->connections() == 0);
  WHEN("it is used") {
    CHECK(call_named()->ok());
    THEN("it was started once") {
      CHECK(server().pipe->connections() == 1);
    }
  }
  WHEN("the next edit says that it is not lazy") {
    apply({other_spec()});
    THEN("it starts") {
      CHECK(phase_of() == phase::ready);
    }
  }
  WHEN("a person reloads it") {
    auto x = ask(registry_handle, by_name<reload>{"a", {}});
    THEN("it starts") {
      CHECK(x->value.state == phase::ready);
    }
  }
}

SCENARIO_METHOD(registry_fixture,
                "all who reload a closed server join the one start",
                "[registry]") {
  auto reload_it = [this](server_spec x) {
    return send(by_name<reload>{"a", {0ms, {std::move(x)}}});
  };
  server();
  GIVEN("none of that name") {
    auto first = reload_it(spec());
    auto second = reload_it(spec());
    settle();
    CHECK(first->value.state == phase::ready);
    CHECK(second->value.state == phase::ready);
    CHECK(server().pipe->connections() == 1);
    CHECK(apply({spec()}).unchanged == names{"a"});
  }
  GIVEN("one that is being closed") {
    apply({spec()});
    server().pipe->hold_on();
    auto closed = close_of_a();
    auto first = reload_it(spec());
    auto second = reload_it(other_spec());
    settle();
    CHECK(first.open());
    WHEN("it is gone") {
      server().pipe->let_go();
      settle();
      THEN("it runs again, by the last spec") {
        CHECK(closed->ok());
        CHECK(first->value.state == phase::ready);
        CHECK(second->value.state == phase::ready);
        CHECK(made["a"].args == other_spec().args);
        CHECK(server().pipe->connections() == 2);
      }
    }
    WHEN("it is closed again before that") {
      close_of_a();
      CHECK(first->error.code == errc::closed);
      CHECK(second->error.code == errc::closed);
    }
    WHEN("all is stopped before that") {
      auto stopped = ask(registry_handle, stop_all{});
      CHECK(first->error.code == errc::closed);
      server().pipe->let_go();
      settle();
      CHECK(stopped->value.clean);
      CHECK(server().pipe->connections() == 1);
    }
  }
  GIVEN("a reload without a spec") {
    auto x = send(by_name<reload>{"a", {}});
    settle();
    CHECK(x->error.code == errc::unknown_server);
  }
}

SCENARIO_METHOD(registry_fixture,
                "a spec that comes with a reload is the desired one",
                "[registry]") {
  apply({spec()});
  auto reload_with = [this](server_spec x) {
    return ask(registry_handle, by_name<reload>{"a", {0ms, {std::move(x)}}});
  };
  CHECK(reload_with(other_spec())->value.incarnation == 2);
  CHECK(apply({other_spec()}).unchanged == names{"a"});
  SECTION("unless it cannot be used") {
    auto bad = spec();
    bad.command.clear();
    CHECK(reload_with(bad)->error.code == errc::invalid_spec);
    CHECK(reload_with(spec("b"))->error.code == errc::invalid_spec);
    CHECK(phase_of() == phase::ready);
    CHECK(apply({other_spec()}).unchanged == names{"a"});
  }
}
