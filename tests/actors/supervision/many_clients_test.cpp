// Covers actors/supervision/registry.hpp,
// actors/supervision/registry_closing.cpp, actors/supervision/monitor.hpp.

#include "troupe/tests/support/actor_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct many_fixture : actor_world {
  outcome<answer<stop_report>> close(const client_handle& x) {
    return ask(x, close_client{});
  }
};

} // namespace

SCENARIO_METHOD(many_fixture,
                "S9: the tree is shown while one server takes "
                "its time to stop",
                "[supervision]") {
  auto slow = open();
  auto other = open(spec("b"));
  server().pipe->hold_on();
  auto closed = close(slow);
  auto tree = ask(monitor_handle, get_tree{});
  REQUIRE(tree->value.clients.size() == 2);
  CHECK(tree->value.clients[0].state == phase::stopping);
  CHECK(tree->value.clients[1].state == phase::ready);
  CHECK(call(other)->ok());
  CHECK(closed.open());
}

SCENARIO_METHOD(many_fixture,
                "S11: all are stopped in parallel; one that "
                "hangs costs its own time only",
                "[supervision]") {
  for (int i = 0; i < 20; ++i)
    open(spec("s" + std::to_string(i)));
  server("s7").pipe->hold_on();
  auto stopped = ask(registry_handle, stop_all{});
  auto stopped_already =
    std::count_if(events.begin(), events.end(),
                  [](auto& x) { return x.to == phase::stopped; });
  CHECK(stopped_already == 19);
  CHECK(stopped.open());
  advance(6s);
  REQUIRE(stopped->ok());
  CHECK(stopped->value.names.size() == 20);
  CHECK_FALSE(stopped->value.clean);
}

SCENARIO_METHOD(many_fixture,
                "apply starts, stops and replaces, and leaves "
                "alone what did not change",
                "[supervision]") {
  auto apply = [&](std::vector<server_spec> x) {
    for (auto& s : x)
      server(s.name);
    auto result = ask(registry_handle, apply_servers{x});
    return result->value;
  };
  apply({spec("a"), spec("b"), spec("c")});
  auto changed = spec("b");
  changed.args = {"--other"};
  auto result = apply({spec("a"), changed, spec("d")});
  CHECK(result.unchanged == std::vector<std::string>{"a"});
  CHECK(result.replaced == std::vector<std::string>{"b"});
  CHECK(result.started == std::vector<std::string>{"d"});
  CHECK(result.stopped == std::vector<std::string>{"c"});
  settle();
  CHECK(server("a").pipe->connections() == 1);
  CHECK(server("b").pipe->connections() == 2);
  CHECK_FALSE(server("c").pipe->connected());
  CHECK(server("d").pipe->connected());
}
