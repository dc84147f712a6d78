// Covers actors/caf.hpp.

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/internal_messages.hpp"
#include "troupe/tests/support/captured_stdout.hpp"
#include "troupe/tests/support/deterministic_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

/// Makes a mistake of its own at each kind of message.
class clumsy : public actor_base {
public:
  struct record {
    int ticks = 0;
    int ended = 0;
    std::vector<std::string> downs;
    caf::actor to_watch;
    bool by_function = false; // CAF 1.x calls it by itself
  };

  clumsy(caf::actor_config& config, record& into)
    : actor_base(config), into_(into) {
    // nop
  }

protected:
  using list_reply = reply<tool_list>;

  caf::message_handler handlers() override {
    return table(
      [](const call_tool&) -> answer<call_tool_result> {
        throw std::runtime_error("a bug");
      },
      [](const cancel_call&) { throw 7; },
      [this](const list_tools&) {
        auto later = promise<tool_list>();
        list_reply forgotten{later};
        return later;
      },
      [this](const ensure_ready&) {
        auto later = promise<client_status>();
        kept_ = reply<client_status>{later};
        return later;
      },
      [this](const get_tree&) {
        watch(into_.to_watch, [this](const caf::error& why) {
          into_.downs.push_back(to_text(why));
        });
#if !TROUPE_CAF_0_17
        if (into_.by_function)
          monitor(into_.to_watch, [](const caf::error&) {});
#endif
      },
      [this](const client_tick&) { ++into_.ticks; },
      [this](const get_status&) { return status("here"); });
  }

  void on_stop() override {
    ++into_.ended;
    kept_ = {};
  }

private:
  record& into_;
  reply<client_status> kept_;
};

struct base_fixture : deterministic_fixture {
  clumsy::record record;
  caf::actor testee = spawn<clumsy>(std::ref(record));

  outcome<answer<call_tool_result>> throws() {
    return ask(testee, call_tool{"x", {}});
  }

  outcome<answer<tool_list>> drops() {
    return ask(testee, list_tools{});
  }

  /// Fills the mailbox without letting the actor work.
  void fill(size_t n) {
    for (size_t i = 0; i < n; ++i)
      tell_anon(testee, client_tick{});
  }
};

} // namespace

SCENARIO_METHOD(base_fixture,
                "a handler that throws: its asker gets a typed failure, and "
                "the actor ends",
                "[base]") {
  auto kept = ask(testee, ensure_ready{});
  REQUIRE(kept.open());
  WHEN("a request makes it throw") {
    auto x = throws();
    THEN("every asker has an answer") {
      CHECK(x->error.code == errc::internal_error);
      CHECK(x->error.what_became == fate::outcome_unknown);
      CHECK(x->error.text == "a handler threw");
      CHECK(kept->error.code == errc::internal_error);
      CHECK(record.ended == 1);
    }
  }
  WHEN("a plain message makes it throw something that is no exception") {
    tell(agent, testee, cancel_call{1});
    THEN("it ends, and says so to those who waited") {
      CHECK(kept->error.code == errc::internal_error);
      CHECK(record.ended == 1);
    }
  }
}

SCENARIO_METHOD(base_fixture,
                "an agent that sends it an unknown message lives on",
                "[base]") {
  // An agent on CAF's own base, whose default handler ends it at an error.
  class foreign : public caf::event_based_actor {
  public:
    foreign(caf::actor_config& config, caf::actor to)
      : caf::event_based_actor(config), to_(std::move(to)) {
      // nop
    }

    caf::behavior make_behavior() override {
      troupe::tell(this, to_, troupe::observe{});
      return caf::behavior{[this](const get_status&) {
        actor_status x;
        x.kind = name();
        return answer<actor_status>{x};
      }};
    }

  private:
    caf::actor to_;
  };
  auto agent_of_others = spawn<foreign>(testee);
  CHECK_FALSE(ask(agent_of_others, get_status{})->value.kind.empty());
}

SCENARIO_METHOD(base_fixture, "a request to an actor that is gone was not sent",
                "[base]") {
  throws();
  REQUIRE(record.ended == 1);
  auto x = drops();
  CHECK(x->error.code == errc::client_down);
  CHECK(x->error.what_became == fate::not_sent);
  AND_WHEN("it got more messages than a mailbox holds") {
    fill(defaults::mailbox_messages_max + 1);
    THEN("it is gone all the same, not full") {
      CHECK(drops()->error.code == errc::client_down);
    }
  }
}

SCENARIO_METHOD(base_fixture, "a reply that is dropped is an answer",
                "[base]") {
  auto x = drops();
  CHECK(x->error.code == errc::internal_error);
  CHECK(x->error.text == "the request was dropped");
  CHECK(record.ended == 0);
}

SCENARIO_METHOD(base_fixture,
                "a full mailbox refuses requests and keeps what was told",
                "[base]") {
  auto most = static_cast<int>(defaults::mailbox_messages_max);
  auto full = GENERATE(true, false);
  fill(defaults::mailbox_messages_max - (full ? 0 : 1));
  // The agent asks when the actor has not had its turn yet.
  auto status = post(agent, testee, get_status{});
  while (scheduler.try_run_once_lifo())
    ; // nop
  settle();
  if (full) {
    CHECK(status->error.code == errc::overloaded);
    CHECK(status->error.what_became == fate::not_sent);
    CHECK(record.ticks == most);
  } else {
    CHECK(status->value.mailbox_depth == 0);
    CHECK(record.ticks == most - 1);
  }
  fill(1);
  settle();
  CHECK(record.ticks == most + (full ? 1 : 0));
  CHECK(ask(testee, get_status{})->value.mailbox_depth == 0);
}

SCENARIO_METHOD(base_fixture,
                "plain messages over the mailbox's cap are all kept",
                "[base]") {
  auto many = 3 * defaults::mailbox_messages_max;
  fill(many);
  settle();
  CHECK(record.ticks == static_cast<int>(many));
}

SCENARIO_METHOD(base_fixture, "the end of a watched actor is heard of once",
                "[base]") {
  auto watch_it = [this] { tell(agent, testee, get_tree{}); };
  SECTION("an invalid handle: at once") {
    watch_it();
    CHECK(record.downs.size() == 1);
  }
  SECTION("one that lives: when it ends") {
    record.to_watch = spawn_agent();
    watch_it();
    CHECK(record.downs.empty());
    exit_now(record.to_watch, caf::exit_reason::user_shutdown);
    settle();
    CHECK(record.downs.size() == 1);
  }
  SECTION("one that is gone already: at once") {
    record.to_watch = spawn_agent();
    exit_now(record.to_watch, caf::exit_reason::user_shutdown);
    settle();
    watch_it();
    CHECK(record.downs.size() == 1);
  }
  record.to_watch = nullptr;
}

SCENARIO_METHOD(base_fixture, "an order to end overtakes what is queued",
                "[base]") {
  fill(1000);
  exit_now(testee, caf::exit_reason::user_shutdown);
  settle();
  CHECK(record.ended == 1);
  CHECK(record.ticks == 0);
}

SCENARIO_METHOD(base_fixture, "an order to end overtakes what was fetched",
                "[base]") {
  fill(1000);
  scheduler.run_once(); // fetches all, and handles one
  REQUIRE(record.ticks == 1);
  exit_now(testee, caf::exit_reason::user_shutdown);
  settle();
  CHECK(record.ended == 1);
  CHECK(record.ticks <= 2);
}

SCENARIO_METHOD(base_fixture,
                "the ends of more actors than a mailbox holds do not fill it",
                "[base]") {
  for (size_t i = 0; i <= defaults::mailbox_messages_max; ++i) {
    record.to_watch = system.spawn<errand_boy>(caf::message_handler{});
    tell(agent, testee, get_tree{});
    exit_now(record.to_watch, caf::exit_reason::user_shutdown);
    settle();
  }
  record.to_watch = nullptr;
  CHECK(record.downs.size() == defaults::mailbox_messages_max + 1);
  auto status = ask(testee, get_status{});
  CHECK(status->ok());
  CHECK(status->value.mailbox_depth == 0);
}

SCENARIO_METHOD(base_fixture, "messages of CAF's own do not stay counted",
                "[base]") {
  tell_anon(testee, caf::error{caf::sec::runtime_error});
  tell_anon(testee,
            caf::down_msg{agent->address(), caf::exit_reason::user_shutdown});
  record.to_watch = spawn_agent();
  record.by_function = true;
  tell(agent, testee, get_tree{});
  exit_now(record.to_watch, caf::exit_reason::user_shutdown);
  settle();
  record.to_watch = nullptr;
  CHECK(ask(testee, get_status{})->value.mailbox_depth == 0);
}

SCENARIO_METHOD(base_fixture,
                "an actor has done its last when others hear of its end",
                "[base]") {
  auto ended = -1;
  caf::actor_cast<caf::abstract_actor*>(testee)->attach_functor(
    [&] { ended = record.ended; });
  SECTION("an order to end") {
    exit_now(testee, caf::exit_reason::user_shutdown);
  }
  SECTION("an exception") {
    throws();
  }
  settle();
  CHECK(ended == 1);
}

SCENARIO_METHOD(base_fixture, "nothing that goes wrong is printed on stdout",
                "[base]") {
  auto ends = 0;
  captured_stdout out;
  SECTION("a message that it does not know") {
    tell(agent, testee, observe{});
    auto x = ask(testee, close_client{});
    static_cast<void>(x.get());
  }
  SECTION("an exception, with and without an asker") {
    throws();
    ends = 1;
  }
  SECTION("something thrown that is no exception") {
    tell(agent, testee, cancel_call{1});
    ends = 1;
  }
  SECTION("the end of an actor that it does not watch") {
    tell_anon(testee,
              caf::down_msg{agent->address(), caf::exit_reason::user_shutdown});
    settle();
  }
  SECTION("an error that was sent as a message") {
    tell_anon(testee, caf::error{caf::sec::runtime_error});
    settle();
  }
  SECTION("an order to end") {
    caf::anon_send_exit(testee, caf::exit_reason::user_shutdown);
    settle();
    ends = 1;
  }
  CHECK(out.end() == "");
  CHECK(record.ended == ends);
}

/// An actor that is not on our base.
class careless_actor : public caf::event_based_actor {
public:
  using caf::event_based_actor::event_based_actor;

  caf::behavior make_behavior() override {
    return caf::behavior{[](const get_status&) {}};
  }
};

SCENARIO_METHOD(base_fixture, "what CAF itself would print is seen", "[base]") {
  captured_stdout out;
  auto careless = system.spawn<careless_actor>();
  adopt(careless);
  tell_anon(careless, client_tick{});
  settle();
  CHECK(out.end().find("unexpected") != std::string::npos);
}
