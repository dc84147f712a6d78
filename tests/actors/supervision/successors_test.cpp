// Covers actors/supervision/registry.cpp, actors/client/client.hpp.
// A handle names its server: what is sent to a client that has ended reaches
// the client that the server has then.

#include "troupe/tests/support/registry_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

/// An embedder's, on CAF's own base: an error that it is sent ends it.
class plain_agent : public caf::event_based_actor {
public:
  using event_based_actor::event_based_actor;

  caf::behavior make_behavior() override {
    return {[](const call_progress&) {}};
  }
};

struct successors_fixture : registry_fixture {
  client_handle old;

  successors_fixture() {
    apply({spec()});
    old = find()->value.handle;
    REQUIRE(close_of_a()->ok());
  }

  void open_again() {
    apply({spec()});
    REQUIRE(find()->value.handle != old);
  }
};

} // namespace

SCENARIO_METHOD(successors_fixture,
                "a handle goes on working after its server was closed and "
                "opened again",
                "[registry]") {
  open_again();
  CHECK(call(old)->ok());
  CHECK(ask(old, list_tools{})->ok());
  CHECK(ask(old, ensure_ready{})->value.incarnation == 2);
  CHECK(ask(old, get_status{})->value.incarnation == 2);
  CHECK(ask(old, reload{})->value.incarnation == 3);
}

SCENARIO_METHOD(successors_fixture,
                "a call by an old handle is cancelled and reports its progress "
                "by it",
                "[registry]") {
  open_again();
  server().answers_calls = false;
  call_tool what{"echo", {}};
  what.tag = 7;
  auto called = call(old, what);
  REQUIRE(called.open());
  tell(agent, old, cancel_call{7});
  CHECK(called->error.code == errc::cancelled);
}

SCENARIO_METHOD(successors_fixture,
                "a handle whose server was closed answers that it has ended",
                "[registry]") {
  CHECK(call(old)->error.code == errc::closed);
  CHECK(call(old)->error.what_became == fate::not_sent);
  CHECK(ask(old, get_status{})->error.code == errc::closed);
}

SCENARIO_METHOD(successors_fixture,
                "who cancels by the handle of a closed server lives on",
                "[registry]") {
  auto who = spawn<plain_agent>();
  auto ended = std::make_shared<bool>(false); // it ends after the test
  caf::actor_cast<caf::abstract_actor*>(who)->attach_functor(
    [ended] { *ended = true; });
  tell_as(who, old, cancel_call{7});
  settle();
  CHECK_FALSE(*ended); // by an error, as CAF answers a dropped promise
}

SCENARIO_METHOD(successors_fixture,
                "who closes by an old handle does not close what was opened "
                "since",
                "[registry]") {
  open_again();
  CHECK(ask(old, close_client{})->error.code == errc::closed);
  CHECK(call_named()->ok());
}

SCENARIO_METHOD(registry_fixture,
                "what was queued at a client that crashed reaches the next one",
                "[registry]") {
  apply({spec()});
  auto old = find()->value.handle;
  exit_now(old, caf::exit_reason::user_shutdown);
  auto called = send_to(old, call_tool{"echo", {}});
  advance(5s); // the crash counts as a failure of the server
  CHECK(called->ok());
  CHECK(find()->value.handle != old);
}

SCENARIO_METHOD(registry_fixture,
                "a call by name is cancelled by name, by who made it",
                "[registry]") {
  apply({spec()});
  server().answers_calls = false;
  call_tool what{"echo", {}};
  what.tag = 7;
  auto called = ask(registry_handle, by_name<call_tool>{"a", what});
  auto other = spawn_agent();
  tell(other, registry_handle, by_name<cancel_call>{"a", {7}});
  CHECK(called.open());
  tell(agent, registry_handle, by_name<cancel_call>{"a", {7}});
  CHECK(called->error.code == errc::cancelled);
}

SCENARIO_METHOD(registry_fixture, "a server's status is asked for by its name",
                "[registry]") {
  apply({spec()});
  auto status = ask(registry_handle, by_name<get_status>{"a", {}});
  CHECK(status->value.state == phase::ready);
  auto unknown = ask(registry_handle, by_name<get_status>{"b", {}});
  CHECK(unknown->error.code == errc::unknown_server);
}

SCENARIO_METHOD(successors_fixture,
                "calls by name and by an old handle report their progress to "
                "who made them",
                "[registry]") {
  open_again();
  server().answers_calls = false;
  std::vector<uint64_t> heard;
  auto who =
    spawn_agent([&](const call_progress& x) { heard.push_back(x.tag); });
  auto by_its_name =
    ask(who, registry_handle, by_name<call_tool>{"a", {"echo", {}, 7}});
  auto by_handle = ask(who, old, call_tool{"echo", {}, 8});
  REQUIRE(server().open_calls.size() == 2);
  server().progress(server().open_calls.front(), 1);
  server().progress(server().open_calls.back(), 1);
  settle();
  CHECK(heard == std::vector<uint64_t>{7, 8});
  CHECK((by_its_name.open() && by_handle.open()));
}
