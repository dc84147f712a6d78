// Covers actors/answers.hpp, actors/caf.hpp, actors/interfaces.hpp.
// A request that its actor could not handle, for whatever reason, is answered
// by a failure in the type of its answer.

#include "troupe/actors/blocking.hpp"
#include "troupe/actors/interfaces.hpp"

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
      [](const get_status&) -> actor_status { throw 7; },
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
  template <class Answer, class Message>
  std::string heard(Message x) {
    auto result = std::make_shared<std::string>("nothing");
    caf::anon_send(agent, errand{[=, this](caf::event_based_actor* self) {
                     self->request(testee, caf::infinite, x)
                       .then([=](const Answer& y) { *result = told(y); },
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
  template <class T>
  static std::string told(const T&) {
    return "a value";
  }

  static std::string text_of(const failure& x) {
    return std::string{to_string(x.code)} + ", "
           + std::string{to_string(x.what_became)} + ", " + x.text;
  }

  /// Runs `check` for each kind of request, with the type of its answer.
  template <class F>
  void check_all(F check) {
    check.template operator()<call_tool_result>(call_tool{});
    check.template operator()<tool_list>(list_tools{});
    check.template operator()<resource_list>(list_resources{});
    check.template operator()<resource_template_list>(
      list_resource_templates{});
    check.template operator()<prompt_list>(list_prompts{});
    check.template operator()<read_resource_result>(read_resource{});
    check.template operator()<get_prompt_result>(get_prompt{});
    check.template operator()<complete_result>(complete_argument{});
    check.template operator()<client_status>(ensure_ready{});
    check.template operator()<client_status>(reload{});
    check.template operator()<stop_report>(close_client{});
    check.template operator()<call_tool_result>(by_name<call_tool>{});
    check.template operator()<tool_list>(by_name<list_tools>{});
    check.template operator()<resource_list>(by_name<list_resources>{});
    check.template operator()<resource_template_list>(
      by_name<list_resource_templates>{});
    check.template operator()<prompt_list>(by_name<list_prompts>{});
    check.template operator()<read_resource_result>(by_name<read_resource>{});
    check.template operator()<get_prompt_result>(by_name<get_prompt>{});
    check.template operator()<complete_result>(by_name<complete_argument>{});
    check.template operator()<client_status>(by_name<ensure_ready>{});
    check.template operator()<client_status>(by_name<reload>{});
    check.template operator()<stop_report>(by_name<close_client>{});
    check.template operator()<client_ref>(find_client{});
    check.template operator()<client_ref>(open_client{});
    check.template operator()<apply_result>(apply_servers{});
    check.template operator()<stop_all_report>(stop_all{});
    check.template operator()<client_ref>(add_child{});
    check.template operator()<json>(server_request{});
  }

  void fill() {
    for (size_t i = 0; i < defaults::mailbox_messages_max; ++i)
      caf::anon_send(testee, client_tick{});
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
    CHECK(heard<answer<call_tool_result>>(call_tool{})
          == "answer: overloaded, not_sent, the actor's mailbox is full");
  }
  SECTION("a question whose answer has no place for a failure") {
    CHECK(heard<actor_status>(get_status{})
          == "error: overloaded, not_sent, the actor's mailbox is full");
  }
}

SCENARIO_METHOD(answers_fixture,
                "a handler that throws answers in the type of the request's "
                "answer",
                "[answers]") {
  SECTION("before it has a promise") {
    CHECK(heard<answer<call_tool_result>>(call_tool{})
          == "answer: internal_error, outcome_unknown, a handler threw");
  }
  SECTION("with a promise in its hands") {
    CHECK(heard<answer<tool_list>>(list_tools{})
          == "answer: internal_error, outcome_unknown, a handler threw");
  }
  SECTION("no exception, and no place for a failure") {
    CHECK(heard<actor_status>(get_status{})
          == "error: internal_error, outcome_unknown, a handler threw");
  }
}

SCENARIO_METHOD(answers_fixture,
                "an actor that has ended answers in the type of the request's "
                "answer",
                "[answers]") {
  end();
  check_all([this]<class T, class Message>(Message x) {
    CHECK(heard<answer<T>>(std::move(x))
          == "answer: client_down, not_sent, the actor has ended");
  });
  CHECK(heard<actor_status>(get_status{})
        == "error: client_down, not_sent, the actor has ended");
}

SCENARIO_METHOD(answers_fixture,
                "what was queued when an actor ended is answered in the type "
                "of the request's answer",
                "[answers]") {
  auto asks = [this]<class T, class Message>(Message x) {
    return post<answer<T>>(agent, testee, std::move(x));
  };
  auto call = asks.operator()<call_tool_result>(call_tool{});
  auto list = asks.operator()<tool_list>(list_tools{});
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
  check_all([this]<class T, class Message>(Message x) {
    CHECK(heard<answer<T>>(std::move(x))
          == "answer: invalid_argument, not_sent, test.agent does not take "
             "such a message");
  });
  CHECK(heard<tree_status>(get_tree{})
        == "error: invalid_argument, not_sent, test.agent does not take such "
           "a message");
}

SCENARIO_METHOD(answers_fixture, "an empty handle was not asked", "[answers]") {
  testee = nullptr;
  CHECK(heard<answer<call_tool_result>>(call_tool{})
        == "error: invalid_argument, not_sent, there is no actor to ask");
}
