// Covers actors/answers.hpp, actors/caf.hpp, actors/interfaces.hpp.
// A request that its actor could not handle, for whatever reason, is answered
// by a failure in the type of its answer.

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/blocking.hpp"
#include "troupe/actors/internal_messages.hpp"

#include "troupe/tests/support/deterministic_fixture.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

/// Its handlers throw at each request.
class incapable : public actor_base {
public:
  using actor_base::actor_base;

protected:
  caf::message_handler handlers() override {
    return table(
      [](const call_tool&) -> answer<call_tool_result> {
        throw std::runtime_error("a bug");
      },
      [this](const list_tools&) {
        auto later = promise<tool_list>();
        static_cast<void>(later);
        return thrown(later);
      },
      [](const get_status&) -> answer<actor_status> { throw 7; },
      [](const client_tick&) {});
  }
  void on_stop() override {
    // nop
  }

private:
  template <class T>
  static T thrown(T) {
    throw std::runtime_error("a bug");
  }
};

struct answers_fixture : deterministic_fixture {
  caf::actor testee = spawn<incapable>();

  /// What came: "answer: ..." or "error: ...", with code, fate and text.
  template <class Message>
  std::string heard(Message x) {
    using reply = reply_from<caf::actor, Message>;
    auto result = std::make_shared<std::string>("nothing");
    tell_anon(agent, errand{[=, this](caf::event_based_actor* self) {
                raw_request(self, testee, caf::infinite, x)
                  .then([=](const reply& y) { *result = told(y); },
                        [=](caf::error& e) {
                          *result = "error: " + text_of(failure_of(e));
                        });
              }});
    // The agent asks when the actor has not had its turn yet.
    while (scheduler.try_run_once_lifo())
      ; // nop
    settle();
    return *result;
  }

  template <class T>
  static std::string told(const answer<T>& x) {
    return "answer: " + text_of(x.error);
  }

  static std::string text_of(const failure& x) {
    return std::string{to_string(x.code)} + ", "
           + std::string{to_string(x.what_became)} + ", " + x.text;
  }

  /// Runs `check` for each kind of request, with the type of its answer.
  template <class F>
  void check_all(F check) {
    check(call_tool{});
    check(list_tools{});
    check(list_resources{});
    check(list_resource_templates{});
    check(list_prompts{});
    check(read_resource{});
    check(get_prompt{});
    check(complete_argument{});
    check(ensure_ready{});
    check(reload{});
    check(close_client{});
    check(by_name<call_tool>{});
    check(by_name<list_tools>{});
    check(by_name<list_resources>{});
    check(by_name<list_resource_templates>{});
    check(by_name<list_prompts>{});
    check(by_name<read_resource>{});
    check(by_name<get_prompt>{});
    check(by_name<complete_argument>{});
    check(by_name<ensure_ready>{});
    check(by_name<reload>{});
    check(by_name<close_client>{});
    check(find_client{});
    check(open_client{});
    check(apply_servers{});
    check(stop_all{});
    check(add_child{});
    check(server_request{});
    check(get_status{});
    check(get_tree{});
  }

  void fill() {
    for (size_t i = 0; i < defaults::mailbox_messages_max; ++i)
      tell_anon(testee, client_tick{});
  }

  void end() {
    exit_now(testee, caf::exit_reason::user_shutdown);
    settle();
  }
};

} // namespace

SCENARIO_METHOD(answers_fixture,
                "a full mailbox answers in the type of the request's answer",
                "[answers]") {
  fill();
  SECTION("a call") {
    CHECK(heard(call_tool{})
          == "answer: overloaded, not_sent, the actor's mailbox is full");
  }
  SECTION("a question for its status") {
    CHECK(heard(get_status{})
          == "answer: overloaded, not_sent, the actor's mailbox is full");
  }
}

SCENARIO_METHOD(answers_fixture,
                "a handler that throws answers in the type of the request's "
                "answer",
                "[answers]") {
  SECTION("before it has a promise") {
    CHECK(heard(call_tool{})
          == "answer: internal_error, outcome_unknown, a handler threw");
  }
  SECTION("with a promise in its hands") {
    CHECK(heard(list_tools{})
          == "answer: internal_error, outcome_unknown, a handler threw");
  }
  SECTION("something thrown that is no exception") {
    CHECK(heard(get_status{})
          == "answer: internal_error, outcome_unknown, a handler threw");
  }
}

SCENARIO_METHOD(answers_fixture,
                "an actor that has ended answers in the type of the request's "
                "answer",
                "[answers]") {
  end();
  check_all([this](auto x) {
    CHECK(heard(std::move(x))
          == "answer: client_down, not_sent, the actor has ended");
  });
}

SCENARIO_METHOD(answers_fixture,
                "what was queued when an actor ended is answered in the type "
                "of the request's answer",
                "[answers]") {
  auto asks = [this](auto x) { return post(agent, testee, std::move(x)); };
  auto call = asks(call_tool{});
  auto list = asks(list_tools{});
  // The first makes it throw, the second is in its mailbox.
  while (scheduler.try_run_once_lifo())
    ; // nop
  settle();
  CHECK(call->error.code == errc::internal_error);
  CHECK(list->error.code == errc::client_down);
  CHECK(list->error.what_became == fate::not_sent);
}

SCENARIO_METHOD(answers_fixture,
                "a message that an actor does not take is refused in the type "
                "of its answer",
                "[answers]") {
  testee = spawn_agent();
  check_all([this](auto x) {
    CHECK(heard(std::move(x))
          == "answer: invalid_argument, not_sent, test.agent does not take "
             "such a message");
  });
}

SCENARIO_METHOD(answers_fixture, "an empty handle was not asked", "[answers]") {
  testee = nullptr;
  CHECK(heard(call_tool{})
        == "error: invalid_argument, not_sent, the actor's handle is empty");
}
