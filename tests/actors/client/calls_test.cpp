// Covers actors/client/requests.cpp, actors/client/request_book.hpp,
// actors/client/ends.cpp, actors/client/events.cpp,
// actors/supervision/registry.hpp.

#include "troupe/tests/support/actor_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

struct calls_fixture : actor_world {
  client_handle testee;

  /// A ready client whose server keeps calls open.
  void ready() {
    testee = open();
    REQUIRE(status_of(testee).state == phase::ready);
    server().answers_calls = false;
  }
};

} // namespace

SCENARIO_METHOD(calls_fixture, "a call is answered with the server's result",
                "[calls]") {
  GIVEN("a ready client") {
    ready();
    WHEN("a tool is called and the server answers") {
      auto pending = call(testee);
      REQUIRE(pending.open());
      server().answer_call("hello");
      settle();
      THEN("the caller has the result") {
        REQUIRE(pending->ok());
        CHECK(pending->value.text() == "hello");
      }
    }
    WHEN("the arguments are no object") {
      auto refused = call(testee, {"echo", json::trusted("[1]")});
      THEN("nothing is sent") {
        CHECK(refused->error.code == errc::invalid_argument);
        CHECK(refused->error.what_became == fate::not_sent);
        CHECK(server().executed.empty());
      }
    }
  }
}

SCENARIO_METHOD(calls_fixture,
                "S39: a call that takes 45 s succeeds; one that "
                "is silent for 60 s is given up",
                "[calls]") {
  GIVEN("a ready client with one call in flight") {
    ready();
    auto pending = call(testee);
    WHEN("the server answers after 45 s") {
      advance(45s);
      server().answer_call();
      settle();
      THEN("the caller has the result") {
        CHECK(pending->ok());
      }
    }
    WHEN("the server is silent for 60 s") {
      advance(59s);
      CHECK(pending.open());
      advance(1s);
      THEN("the outcome is unknown, the server is told, the session stays") {
        CHECK(pending->error.code == errc::timed_out);
        CHECK(pending->error.what_became == fate::outcome_unknown);
        CHECK(server().cancels() == 1);
        CHECK(status_of(testee).state == phase::ready);
      }
      AND_WHEN("R1: its answer comes late") {
        server().answer_call();
        settle();
        THEN("it is dropped and counted, and the next call works") {
          CHECK(status_of(testee).late_answers == 1);
          server().answers_calls = true;
          CHECK(call(testee)->ok());
        }
      }
    }
  }
}

SCENARIO_METHOD(calls_fixture,
                "S43: progress extends the silence, never the "
                "whole",
                "[calls]") {
  GIVEN("a call whose server reports progress each 30 s") {
    ready();
    int heard = 0;
    auto who = spawn_agent([&](const call_progress& x) {
      ++heard;
      CHECK(x.tag == 7);
    });
    call_tool what{"echo", {}, 7};
    auto pending = ask(who, testee, what);
    auto request = server().open_calls.front();
    for (int i = 1; i <= 10; ++i) {
      advance(30s);
      server().progress(request, i);
      settle();
    }
    THEN("it is open after five minutes, and its caller heard each step") {
      CHECK(pending.open());
      CHECK(heard == 10);
    }
    AND_THEN("R6: after ten minutes it is over, whatever progress says") {
      for (int i = 11; i <= 20; ++i) {
        advance(30s);
        server().progress(request, i);
        settle();
      }
      CHECK(pending->error.code == errc::timed_out);
    }
  }
}

SCENARIO_METHOD(calls_fixture, "S41: a caller cancels", "[calls]") {
  GIVEN("two calls of two callers under the same tag") {
    ready();
    auto first = spawn_agent();
    auto second = spawn_agent();
    call_tool what{"echo", {}, 5};
    auto mine = ask(first, testee, what);
    auto other = ask(second, testee, what);
    WHEN("the first cancels") {
      tell(first, testee, cancel_call{5});
      THEN("its call ends, the server is told, the other's goes on") {
        CHECK(mine->error.code == errc::cancelled);
        CHECK(server().cancels() == 1);
        CHECK(other.open());
      }
      AND_WHEN("the answer comes all the same") {
        server().answer_call();
        server().answer_call();
        settle();
        THEN("it is dropped") {
          CHECK(other->ok());
          CHECK(status_of(testee).late_answers == 1);
        }
      }
    }
  }
  GIVEN("a call that waits for its server") {
    server().answers_handshake = false;
    testee = open();
    call_tool what{"echo", {}, 5};
    auto waiting = call(testee, what);
    WHEN("its caller cancels") {
      tell(agent, testee, cancel_call{5});
      THEN("it was never sent") {
        CHECK(waiting->error.code == errc::cancelled);
        CHECK(waiting->error.what_became == fate::not_sent);
      }
    }
  }
}

SCENARIO_METHOD(calls_fixture,
                "S15 T7: each call in flight ends once when the "
                "connection is lost",
                "[calls]") {
  GIVEN("three calls in flight") {
    ready();
    auto a = call(testee);
    auto b = call(testee);
    auto c = call(testee);
    WHEN("the server dies") {
      server().pipe->hang_up(errc::child_exited, "exit status 1");
      settle();
      THEN("each is answered: sent, outcome unknown") {
        for (auto& x : {a, b, c}) {
          CHECK(x->error.code == errc::child_exited);
          CHECK(x->error.what_became == fate::outcome_unknown);
        }
      }
      AND_THEN("S16 R5: none of them is ever sent again") {
        auto before = server().executed;
        advance(5s);
        CHECK(status_of(testee).state == phase::ready);
        CHECK(server().executed == before);
      }
    }
    WHEN("the client is reloaded and they do not end in time") {
      auto reloaded = ask(testee, reload{});
      advance(6s);
      THEN("they end as reloaded, and the client is ready again") {
        CHECK(a->error.code == errc::reloaded);
        CHECK(reloaded->ok());
      }
    }
    WHEN("the client is closed") {
      auto closed = ask(testee, close_client{});
      THEN("they end as closed") {
        CHECK(b->error.code == errc::closed);
        CHECK(b->error.what_became == fate::outcome_unknown);
        CHECK(closed->ok());
      }
    }
    WHEN("the client actor is killed") {
      caf::anon_send_exit(testee, caf::exit_reason::kill);
      settle();
      THEN("they get an answer, not silence") {
        CHECK(c->error.code == errc::client_down);
      }
    }
  }
}

SCENARIO_METHOD(calls_fixture,
                "a frame that was never written is told as not "
                "sent",
                "[calls]") {
  GIVEN("a server that stopped reading") {
    ready();
    server().pipe->pause();
    auto pending = call(testee);
    WHEN("it dies") {
      server().pipe->hang_up();
      settle();
      THEN("the call was not sent") {
        CHECK(pending->error.what_became == fate::not_sent);
        CHECK(server().executed.empty());
      }
    }
    WHEN("the call times out") {
      advance(60s);
      THEN("the call was not sent, and never will be") {
        CHECK(pending->error.what_became == fate::not_sent);
        server().pipe->resume();
        settle();
        CHECK(server().executed.empty());
      }
    }
  }
}

SCENARIO_METHOD(calls_fixture,
                "S13: what an old incarnation still says does "
                "not touch the new one",
                "[calls]") {
  GIVEN("a call that failed with its incarnation, and a new one") {
    ready();
    auto old = call(testee);
    server().pipe->hang_up();
    advance(2s);
    REQUIRE(status_of(testee).incarnation == 2);
    auto young = call(testee);
    WHEN("frames of the first arrive late") {
      auto answer = json_rpc::format_result(server().open_calls.back().id,
                                            json::trusted(R"({"content":[]})"));
      tell_anon(testee, inbound_frames{1, {answer}});
      settle();
      THEN("the call of the second stays open, to be answered by its own") {
        CHECK(young.open());
        server().open_calls.pop_front();
        server().answer_call();
        settle();
        CHECK(young->ok());
      }
    }
  }
}

SCENARIO_METHOD(calls_fixture,
                "S42: a thousand calls on one server are "
                "bounded, fair and in order",
                "[calls]") {
  GIVEN("a ready client") {
    ready();
    auto greedy = spawn_agent();
    auto modest = spawn_agent();
    std::vector<outcome<answer<call_tool_result>>> many;
    for (int i = 0; i < 1000; ++i)
      many.push_back(
        ask(greedy, testee, call_tool{"g" + std::to_string(i), {}}));
    auto one = ask(modest, testee, call_tool{"modest", {}});
    THEN("256 are in flight, the others wait") {
      CHECK(server().open_calls.size() == 256);
      CHECK(status_of(testee).in_flight == 256);
      CHECK(status_of(testee).waiting == 745);
    }
    WHEN("two places become free") {
      server().answer_call();
      server().answer_call();
      settle();
      THEN("the modest caller has one of them") {
        CHECK(server().executed.count("modest") == 1);
      }
    }
    WHEN("the server answers everything") {
      std::vector<std::string> order;
      while (!server().open_calls.empty()) {
        auto name = server().open_calls.front().params.find("name");
        order.push_back(*name->as_string());
        server().answer_call();
        settle();
      }
      THEN("each call ran once, in its caller's order") {
        CHECK(one->ok());
        std::erase(order, "modest");
        REQUIRE(order.size() == 1000);
        for (int i = 0; i < 1000; ++i)
          CHECK(order[static_cast<size_t>(i)] == "g" + std::to_string(i));
      }
    }
    WHEN("still more come than may wait") {
      for (int i = 0; i < 255; ++i)
        many.push_back(call(testee));
      auto refused = call(testee);
      THEN("they are refused, not sent") {
        CHECK(refused->error.code == errc::overloaded);
        CHECK(refused->error.what_became == fate::not_sent);
      }
    }
  }
}

SCENARIO_METHOD(calls_fixture,
                "calls to a server that is not ready wait or "
                "are refused, as its spec says",
                "[calls]") {
  auto x = spec();
  server().answers_handshake = false;
  GIVEN("a server that has not answered yet, and the policy to wait") {
    testee = open(x);
    auto pending = call(testee);
    REQUIRE(pending.open());
    WHEN("it answers") {
      server().answer_handshake();
      settle();
      THEN("the call is sent") {
        CHECK(pending->ok());
      }
    }
    WHEN("the call's patience ends before") {
      auto hasty = call_tool{"echo", {}};
      hasty.idle_timeout = 2s;
      auto short_call = call(testee, hasty);
      advance(2s);
      THEN("it is overdue, not sent") {
        CHECK(short_call->error.code == errc::overdue);
        CHECK(short_call->error.what_became == fate::not_sent);
      }
    }
  }
  GIVEN("the policy to refuse") {
    x.not_ready = when_not_ready::refuse;
    testee = open(x);
    THEN("the call is refused at once") {
      CHECK(call(testee)->error.code == errc::not_ready);
    }
  }
}

SCENARIO_METHOD(calls_fixture, "names are resolved by the registry",
                "[calls]") {
  ready();
  server().answers_calls = true;
  auto known = ask(registry_handle, by_name<call_tool>{"a", {"echo", {}}});
  CHECK(known->ok());
  auto unknown = ask(registry_handle, by_name<call_tool>{"b", {"echo", {}}});
  CHECK(unknown->error.code == errc::unknown_server);
  CHECK(unknown->error.what_became == fate::not_sent);
}
