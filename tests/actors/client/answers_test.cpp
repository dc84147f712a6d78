// Covers actors/client/request_book.hpp, actors/client/requests.cpp,
// actors/session/input_required.hpp, actors/session/unreadable.cpp.

#include "troupe/tests/support/actor_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

/// A ready client of a modern server, which asks back where it is told to.
struct rounds_world : actor_world {
  client_handle testee;

  rounds_world() {
    server().results["server/discover"] =
      R"({"supportedVersions":["2026-07-28"],"capabilities":{"tools":{}}})";
    server().answers_calls = false;
    auto x = spec();
    x.dialect = dialect_choice::modern;
    x.limits.outbox_frames_max = 1;
    testee = open(x);
    REQUIRE(status_of(testee).state == phase::ready);
  }

  /// The server answers the open call with a question, and then reads nothing.
  void ask_back() {
    server().pipe->pause();
    auto asked = server().open_calls.front();
    server().answer(asked,
                    R"({"resultType":"input_required","requestState":"s"})");
    settle();
  }

  static void check_unknown(const outcome<answer<call_tool_result>>& x,
                            errc why) {
    CHECK(x->error.code == why);
    CHECK(x->error.what_became == fate::outcome_unknown);
  }
};

} // namespace

SCENARIO_METHOD(rounds_world,
                "a call that was asked back about has been sent, whatever "
                "becomes of its next round",
                "[client]") {
  auto pending = call(testee, {"pay", {}, 7});
  REQUIRE(server().executed["pay"] == 1);
  GIVEN("a repeat that waits in the outbox") {
    ask_back();
    REQUIRE(status_of(testee).outbox_frames == 1);
    WHEN("the call is cancelled") {
      tell(agent, testee, cancel_call{7});
      check_unknown(pending, errc::cancelled);
    }
    WHEN("the server ends") {
      server().pipe->hang_up(errc::child_exited, "exit status 1", 1);
      settle();
      check_unknown(pending, errc::child_exited);
    }
    WHEN("the client is closed") {
      ask(testee, close_client{});
      check_unknown(pending, errc::closed);
    }
  }
  GIVEN("a repeat for which the outbox has no room") {
    server().pipe->pause();
    auto other = call(testee, {"look", {}});
    ask_back();
    check_unknown(pending, errc::overloaded);
    AND_WHEN("another call waits there that was never sent") {
      server().pipe->hang_up();
      settle();
      CHECK(other->error.what_became == fate::not_sent);
    }
  }
}

SCENARIO_METHOD(actor_world,
                "S38: a call whose answer cannot be read fails at once, with "
                "the cause",
                "[client]") {
  auto testee = open();
  server().answers_calls = false;
  auto pending = call(testee);
  server().pipe->send(R"({"jsonrpc":"2.0","id":)"
                      + json_rpc::to_string(server().open_calls.front().id)
                      + R"(,"error":"it went wrong"})");
  settle();
  CHECK(pending->error.code == errc::protocol_error);
  CHECK(pending->error.what_became == fate::outcome_unknown);
  CHECK(pending->error.text.find("The error is not an object")
        != std::string::npos);
  CHECK(status_of(testee).state == phase::ready);
}
