// Covers actors/client/inputs.cpp, actors/client/handler_choice.hpp,
// actors/input_handlers.hpp, actors/session/server_inputs.hpp.

#include "troupe/tests/support/actor_world.hpp"

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/type_ids.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

/// JSON null stands for no answer so far.
bool is_silence(const input_result& x) {
  return x.value().is_null()
         && x.fault_for(server_request::kind::elicitation)
              .ends_with("is not an object");
}

/// The user at the other end: keeps the questions, answers when told to.
class person : public actor_base {
public:
  using asked_list = std::vector<server_request>;

  person(caf::actor_config& config, asked_list& asked,
         std::vector<uint64_t>& cancelled, answer<input_result>& word,
         bool& dies)
    : actor_base(config), asked_(asked), cancelled_(cancelled), word_(word),
      dies_(dies) {
    // nop
  }

protected:
  caf::message_handler handlers() override {
    return table(
      [this](const server_request& x) {
        asked_.push_back(x);
        auto later = promise<input_result>();
        if (dies_)
          quit(caf::exit_reason::user_shutdown);
        if (dies_ || (word_.ok() && is_silence(word_.value)))
          open_.emplace_back(later);
        else
          later.deliver(word_);
        return later;
      },
      [this](const server_request_cancelled& x) {
        cancelled_.push_back(x.id);
      });
  }
  void on_stop() override {
    open_.clear();
  }

private:
  asked_list& asked_;
  std::vector<uint64_t>& cancelled_;
  answer<input_result>& word_;
  bool& dies_;
  std::vector<reply<input_result>> open_;
};

struct input_world : actor_world {
  std::vector<server_request> asked;
  std::vector<uint64_t> cancelled;
  /// What the person says; null: nothing.
  answer<input_result> word{elicit_result{elicit_action::accept}};
  bool dies = false;

  // The handler is made before our members are: it only keeps references.
  input_world()
    : actor_world([this](actor_world& x) {
        input_handlers result;
        result.by_server["a"] = {x.spawn<person>(asked, cancelled, word, dies),
                                 {true, false, false, false}};
        return result;
      }) {
    // nop
  }

  static std::string form() {
    return R"({"message":"m","requestedSchema":{"properties":)"
           R"({"n":{"type":"integer","default":3}}}})";
  }

  void elicit() {
    server().pipe->send(json_rpc::format_request("q", "elicitation/create",
                                                 json::trusted(form())));
    settle();
  }

  /// What the server got as the answer to its question.
  std::string answered() {
    if (server().answers.empty())
      return "nothing";
    if (auto x = std::get_if<json_rpc::result>(&server().answers.back()))
      return std::string{x->value.text()};
    auto& x = std::get<json_rpc::error>(server().answers.back());
    return std::to_string(x.code) + " " + x.message;
  }
};

} // namespace

SCENARIO_METHOD(input_world, "a server's questions reach who answers them",
                "[client]") {
  GIVEN("a server for which a handler is named") {
    auto a = open();
    WHEN("it asks") {
      elicit();
      THEN("the handler hears who asks, and the server gets its answer") {
        REQUIRE(asked.size() == 1);
        CHECK(asked[0].server == "a");
        CHECK(asked[0].what == server_request::kind::elicitation);
        CHECK(asked[0].params.text() == form());
        CHECK(asked[0].timeout == defaults::call_total_timeout);
        CHECK(answered() == R"({"action":"accept","content":{"n":3}})");
      }
    }
    WHEN("the handler refuses") {
      word = failure{errc::cancelled, fate::not_sent, "not now", 0, {}};
      elicit();
      CHECK(answered() == "-32603 not now");
    }
    WHEN("the handler takes its time") {
      word = json{};
      elicit();
      REQUIRE(asked.size() == 1);
      AND_WHEN("the server does not want to know any more") {
        server().pipe->send(json_rpc::format_notification(
          "notifications/cancelled", json::trusted(R"({"requestId":"q"})")));
        settle();
        THEN("the handler is told, and nothing is answered") {
          CHECK(cancelled == std::vector<uint64_t>{asked[0].id});
          CHECK(answered() == "nothing");
        }
      }
      AND_WHEN("the server ends") {
        server().pipe->hang_up(errc::child_exited, "exit status 1");
        settle();
        CHECK(cancelled == std::vector<uint64_t>{asked[0].id});
      }
      AND_WHEN("the client is closed") {
        ask(a, close_client{});
        CHECK(cancelled == std::vector<uint64_t>{asked[0].id});
      }
      AND_WHEN("its time is over") {
        advance(defaults::call_total_timeout + 1s);
        CHECK(answered().substr(0, 6) == "-32603");
        CHECK(cancelled.size() <= 1);
      }
    }
    WHEN("the handler dies of a question") {
      dies = true;
      elicit();
      elicit();
      THEN("the server is refused, then and later") {
        CHECK(server().answers.size() == 2);
        CHECK(answered().substr(0, 6) == "-32603");
      }
    }
    WHEN("it asks for what the handler does not do") {
      server().pipe->send(
        json_rpc::format_request("q", "sampling/createMessage", {}));
      settle();
      CHECK(asked.empty());
      CHECK(answered() == "-32601 Method not found");
    }
  }
  GIVEN("a server for which no handler is named") {
    auto b = open(spec("b"));
    server("b").pipe->send(json_rpc::format_request("q", "elicitation/create",
                                                    json::trusted(form())));
    settle();
    CHECK(asked.empty());
    CHECK(std::holds_alternative<json_rpc::error>(server("b").answers.back()));
  }
}

namespace {

/// Answers with something else than `answer<input_result>`.
class confused : public actor_base {
public:
  using actor_base::actor_base;

protected:
  caf::message_handler handlers() override {
    return table([](const server_request&) { return failure{}; });
  }
  void on_stop() override {
    // nop
  }
};

/// An input world whose observer keeps the faults of the embedder's.
struct fault_world : input_world {
  std::vector<std::string> faults;

  fault_world() {
    auto observer = system.spawn<errand_boy>(
      caf::message_handler{[](const client_event&) {},
                           [this](const diagnostic& x) {
                             if (x.what == diagnostic::kind::embedder_fault)
                               faults.push_back(x.text);
                           }});
    adopt(observer);
    tell(observer, monitor_handle, observe{});
  }

  void set(caf::actor who, client_capabilities can,
           const std::string& name = "a") {
    tell(agent, registry_handle, set_input_handler{name, {who, can}});
  }

  caf::actor another() {
    return spawn<person>(asked, cancelled, word, dies);
  }

  /// Whether the last start has declared it.
  bool declared() {
    return has(server().asked_to_initialize.params, "elicitation");
  }

  static bool has(const json& params, const char* what) {
    auto all = params.find("capabilities");
    return all && all->find(what);
  }

  void end_handler() {
    dies = true;
    elicit();
    dies = false;
  }

  void start_again(const client_handle& a) {
    auto again = ask(a, reload{});
    advance(2s);
    REQUIRE(again->ok());
  }
};

} // namespace

SCENARIO_METHOD(fault_world, "a handler that ends is missed", "[client]") {
  auto a = open();
  REQUIRE(declared());
  auto moves = events.size();
  end_handler();
  THEN("a diagnostic and an event say so") {
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].find("handler for requests of a has ended")
          != std::string::npos);
    REQUIRE(events.size() == moves + 1);
    CHECK(events.back().to == phase::ready);
    CHECK(events.back().text == faults[0]);
  }
  THEN("what it had not answered is refused at once, not when its time is "
       "over") {
    CHECK(answered().substr(0, 6) == "-32603");
  }
  WHEN("the server starts again") {
    start_again(a);
    THEN("what it answered is not declared any more") {
      CHECK_FALSE(declared());
    }
  }
  WHEN("another one is set that answers the same") {
    set(another(), {true, false, false, false});
    THEN("it is asked from now on") {
      auto before = asked.size();
      elicit();
      CHECK(asked.size() == before + 1);
      CHECK(answered() == R"({"action":"accept","content":{"n":3}})");
    }
    AND_WHEN("the server starts again") {
      start_again(a);
      CHECK(declared());
    }
  }
  WHEN("another one is set that answers other things") {
    set(another(), {true, false, true, false});
    auto before = asked.size();
    elicit();
    THEN("it is asked from the next start on, which declares them") {
      CHECK(asked.size() == before);
      start_again(a);
      CHECK(has(server().asked_to_initialize.params, "sampling"));
      elicit();
      CHECK(asked.size() == before + 1);
    }
  }
  WHEN("its client dies of a bug after another one was set") {
    set(another(), {true, false, false, false});
    caf::anon_send_exit(a, caf::exit_reason::kill);
    advance(2s);
    THEN("the next client has the new one") {
      CHECK(declared());
      auto before = asked.size();
      elicit();
      CHECK(asked.size() == before + 1);
    }
  }
}

SCENARIO_METHOD(fault_world, "a handler is replaced while it lives",
                "[client]") {
  auto a = open();
  auto dead = another();
  set(dead, {true, false, false, false});
  exit_now(dead, caf::exit_reason::user_shutdown);
  settle();
  CHECK(faults.empty()); // it was never asked
  elicit();
  CHECK(asked.size() == 1); // the first one goes on
  start_again(a);
  CHECK_FALSE(declared());
}

SCENARIO_METHOD(fault_world, "a handler is set for servers without a name",
                "[client]") {
  open();
  auto b = open(spec("b"));
  set(another(), {true, false, false, false}, "");
  start_again(b);
  CHECK(has(server("b").asked_to_initialize.params, "elicitation"));
}

SCENARIO_METHOD(fault_world, "a handler's answer of a wrong type is told",
                "[client]") {
  open();
  end_handler();
  set(spawn<confused>(), {true, false, false, false});
  faults.clear();
  elicit();
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].find("not an answer<input_result>") != std::string::npos);
  CHECK(answered().substr(0, 6) == "-32603");
}

SCENARIO_METHOD(fault_world, "a handler's answer is of the kind that is asked",
                "[client]") {
  open();
  GIVEN("a result of another kind") {
    word = list_roots_result{{{"file:///tmp"}}};
    elicit();
    THEN("the server is refused, and the embedder is told which it was") {
      auto what = "the handler's answer to elicitation/create is a "
                  "list_roots_result, not an elicit_result";
      CHECK(answered() == std::string{"-32603 "} + what);
      REQUIRE(faults.size() == 1);
      CHECK(faults[0]
            == std::string{"a request of a was not answered: "} + what);
    }
  }
  GIVEN("a result with a value that is none") {
    word = elicit_result{elicit_action::accept, {{"n", 1}, {"n", 2}}};
    elicit();
    CHECK(answered().find("key that stands twice at 'n'") != std::string::npos);
    CHECK(faults.size() == 1);
  }
  GIVEN("JSON") {
    word = json::trusted(R"({"action":"accept","content":{"n":7}})");
    elicit();
    CHECK(answered() == R"({"action":"accept","content":{"n":7}})");
    CHECK(faults.empty());
  }
  GIVEN("a form that is filled in") {
    word = elicit_result{elicit_action::accept, {{"n", 8}}};
    elicit();
    CHECK(answered() == R"({"action":"accept","content":{"n":8}})");
    CHECK(faults.empty());
  }
}

SCENARIO_METHOD(fault_world, "a handler that takes no question is told",
                "[client]") {
  open();
  end_handler();
  faults.clear();
  set(agent, {true, false, false, false});
  elicit();
  CHECK(answered() == "-32603 test.agent does not take such a message");
}
