// Covers actors/ask.hpp, actors/caf.cpp.
// One failure path: who asks gets an `answer<T>`, whatever has happened.

#include "troupe/actors/ask.hpp"
#include "troupe/tests/support/actor_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

using result = answer<call_tool_result>;
using initial = std::function<caf::behavior(caf::event_based_actor*)>;

/// An embedder's actor. A class, because CAF 0.17 binds a null reference where
/// it spawns functions.
class foreign_actor : public caf::event_based_actor {
public:
  foreign_actor(caf::actor_config& config, initial f)
    : caf::event_based_actor(config), initial_(std::move(f)) {
    // nop
  }

protected:
  caf::behavior make_behavior() override {
    return initial_(this);
  }

private:
  initial initial_;
};

struct ask_fixture : actor_world {
  outcome<result> ask_later(const caf::actor& whom, milliseconds timeout) {
    outcome<result> into;
    system.spawn<foreign_actor>([=](caf::event_based_actor* self) {
      troupe::ask(self, whom, call_tool{"echo", {}}, timeout)
        .then([into](result x) { into.set(std::move(x)); });
      return caf::behavior{};
    });
    settle();
    return into;
  }

  caf::actor spawn_with(initial f) {
    auto x =
      caf::actor_cast<caf::actor>(system.spawn<foreign_actor>(std::move(f)));
    adopt(x);
    settle();
    return x;
  }
};

} // namespace

SCENARIO_METHOD(ask_fixture, "an answer is given as it was sent", "[ask]") {
  CHECK(ask_later(open(), 1s)->ok());
}

SCENARIO_METHOD(ask_fixture, "a timeout is a failure", "[ask]") {
  auto mute = spawn_with([](caf::event_based_actor* self) -> caf::behavior {
    auto kept = std::make_shared<std::vector<caf::response_promise>>();
    self->attach_functor([kept] { kept->clear(); }); // each holds the actor
    return {[=](const call_tool&) {
      kept->push_back(self->make_response_promise());
      return kept->back();
    }};
  });
  auto asked = ask_later(mute, 5s);
  REQUIRE(asked.open());
  advance(6s);
  CHECK(asked->error.code == errc::timed_out);
  CHECK(asked->error.what_became == fate::outcome_unknown);
}

SCENARIO_METHOD(ask_fixture, "an empty handle is a failure", "[ask]") {
  CHECK(ask_later(nullptr, 1s)->error.code == errc::invalid_argument);
}

SCENARIO_METHOD(ask_fixture, "an actor that has ended is a failure", "[ask]") {
  auto gone = spawn_with([](caf::event_based_actor* self) -> caf::behavior {
    self->quit();
    return {};
  });
  CHECK(ask_later(gone, 1s)->error.code == errc::client_down);
}

SCENARIO_METHOD(ask_fixture, "an answer of another type is a failure",
                "[ask]") {
  auto odd = spawn_with([](caf::event_based_actor*) -> caf::behavior {
    return {[](const call_tool&) { return answer<tool_list>{}; }};
  });
  auto asked = ask_later(odd, 1s);
  CHECK(asked->error.code == errc::internal_error);
  CHECK(asked->error.text.find("another type") != std::string::npos);
}

SCENARIO_METHOD(ask_fixture, "what waits for an answer may be movable only",
                "[ask]") {
  outcome<result> into;
  auto client = open();
  system.spawn<foreign_actor>([=](caf::event_based_actor* self) {
    auto only_moved = std::make_unique<int>(1);
    troupe::ask(self, client, call_tool{"echo", {}})
      .then([into, x = std::move(only_moved)](const result& y) {
        into.set(result{y});
      });
    return caf::behavior{};
  });
  settle();
  CHECK(into->ok());
}
