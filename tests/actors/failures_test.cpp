// Covers actors/caf.hpp, actors/registry_words.hpp,
// actors/supervision/registry.hpp, actors/supervision/supervisor.hpp,
// actors/client/server_words.hpp, actors/client/requests.cpp,
// actors/client/ends.cpp.
// The rows of ARCHITECTURE.md, "Who answers when it fails", that
// client/calls_test.cpp does not have.

#include "troupe/tests/support/held_worlds.hpp"
#include "troupe/tests/support/linked_transport.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace troupe;
using namespace troupe::test;

namespace {

struct failures_fixture : held_calls_world {
  auto call_named(const std::string& name) {
    return ask(registry_handle, by_name<call_tool>{name, {"echo", {}}});
  }
};

/// A link that throws at calls, as a bug of ours would.
class throwing_link : public outbox {
public:
  explicit throwing_link(std::shared_ptr<transport_listener> to)
    : to_(std::move(to)) {
    // nop
  }

  errc push(std::string frame, uint64_t) override {
    if (frame.find("tools/call") != frame.npos)
      throw std::logic_error("a bug");
    answer_initialize(*to_, std::move(frame));
    return errc::none;
  }
  bool revoke(uint64_t) override {
    return false;
  }
  std::vector<uint64_t> close() override {
    return {};
  }
  size_t depth() const override {
    return 0;
  }

private:
  std::shared_ptr<transport_listener> to_;
};

struct bug_fixture : deterministic_fixture {
  handle_of<monitor> monitor_handle = spawn<monitor>(monitor_options{});
  handle_of<supervisor> supervisor_handle = spawn<supervisor>(
    supervisor_options{monitor_handle,
                       [this](const server_spec&) {
                         ++transports;
                         return std::make_shared<linked_transport>([](auto to) {
                           return std::make_shared<throwing_link>(to);
                         });
                       },
                       {},
                       1});
  handle_of<registry> registry_handle =
    spawn<registry>(registry_options{supervisor_handle, monitor_handle});
  int transports = 0;
};

} // namespace

SCENARIO_METHOD(failures_fixture,
                "what the server refuses comes with its code and data",
                "[failures]") {
  ready();
  auto pending = call(testee);
  auto request = server().open_calls.front();
  server().pipe->send(json_rpc::format_error(
    request.id, -32602, "no such tool", json::trusted(R"({"tool":"echo"})")));
  settle();
  auto& error = pending->error;
  CHECK(error.code == errc::server_error);
  CHECK(error.what_became == fate::refused);
  CHECK(error.text.find("no such tool") != std::string::npos);
  CHECK(error.server_code == -32602);
  CHECK(error.server_data.text() == R"({"tool":"echo"})");
}

SCENARIO_METHOD(failures_fixture,
                "X2 in part: what the server refuses shows no value of a "
                "variable, in its text or in its data",
                "[failures]") {
  ::setenv("TROUPE_TEST_TOKEN", "sentinel\"7f3a", 1);
  auto x = spec();
  x.env["TOKEN"] = secret{"${TROUPE_TEST_TOKEN}"};
  ready(x);
  ::unsetenv("TROUPE_TEST_TOKEN");
  auto pending = call(testee);
  auto data = json::trusted(
    R"({"token":"sentinel\"7f3a","again":["\u0073entinel\u00227f3a"],"n":1})");
  server().pipe->send(json_rpc::format_error(server().open_calls.front().id, -1,
                                             "bad: sentinel\"7f3a", data));
  settle();
  auto& error = pending->error;
  CHECK(error.text.find("sentinel") == error.text.npos);
  CHECK(error.text.find("${TROUPE_TEST_TOKEN}") != error.text.npos);
  CHECK(error.server_data.text()
        == R"({"token":"${TROUPE_TEST_TOKEN}",)"
           R"("again":["${TROUPE_TEST_TOKEN}"],"n":1})");
}

SCENARIO_METHOD(failures_fixture,
                "X2 in part: a list that the server refuses shows no value of "
                "a header",
                "[failures]") {
  auto x = spec();
  x.headers["X-Api-Key"] = secret{"sentinel-7f3a"};
  ready(x);
  server().answers_lists = false;
  auto listed = ask(testee, list_tools{});
  server().pipe->send(json_rpc::format_error(server().open_lists.front().id, -1,
                                             "bad: sentinel-7f3a"));
  settle();
  CHECK(listed->error.text.find("sentinel") == std::string::npos);
}

SCENARIO_METHOD(failures_fixture,
                "an answer that breaks the protocol is no result",
                "[failures]") {
  ready();
  auto pending = call(testee);
  server().answer(server().open_calls.front(), "[1,2]");
  settle();
  CHECK(pending->error.code == errc::protocol_error);
}

SCENARIO_METHOD(failures_fixture,
                "the end of the stream and of the process have names of their "
                "own",
                "[failures]") {
  ready();
  auto pending = call(testee);
  auto [why, text] = GENERATE(
    table<errc, std::string>({{errc::connection_lost, "the end of stdout"},
                              {errc::child_exited, "exit status 3"}}));
  server().pipe->hang_up(why, text);
  settle();
  CHECK(pending->error.code == why);
  CHECK(pending->error.what_became == fate::outcome_unknown);
  CHECK(pending->error.text == text);
}

SCENARIO_METHOD(failures_fixture,
                "S26: a server that reads nothing fills its queue; what does "
                "not fit was not sent",
                "[failures]") {
  auto x = spec();
  x.limits.outbox_frames_max = 3;
  ready(x);
  server().pipe->pause();
  auto a = call(testee);
  auto b = call(testee);
  auto c = call(testee);
  auto refused = call(testee);
  CHECK(refused->error.code == errc::overloaded);
  CHECK(refused->error.what_became == fate::not_sent);
  WHEN("it reads again") {
    server().answers_calls = true;
    server().pipe->resume();
    settle();
    THEN("the others run, and there is room") {
      CHECK((a->ok() && b->ok() && c->ok()));
      CHECK(call(testee)->ok());
    }
  }
}

SCENARIO_METHOD(bug_fixture,
                "a client that throws answers all its calls, and "
                "is made anew",
                "[failures]") {
  server_spec x;
  x.name = "a";
  x.command = "/bin/true"; // the link stands for it
  x.dialect = dialect_choice::legacy;
  auto opened = ask(registry_handle, open_client{x});
  auto first = opened->value.handle;
  REQUIRE(ask(first, get_status{})->value.state == phase::ready);
  auto pending = ask(first, call_tool{"echo", {}});
  CHECK(pending->error.code == errc::client_down);
  advance(2s);
  CHECK(transports == 2);
  auto found = ask(registry_handle, find_client{"a"});
  REQUIRE(found->ok());
  CHECK(found->value.handle != first);
  // The handle names the server: the next client gets it, and throws as well.
  auto late = ask(first, call_tool{"echo", {}});
  CHECK(late->error.code == errc::client_down);
  CHECK(late->error.what_became == fate::outcome_unknown);
}

SCENARIO_METHOD(failures_fixture, "unknown, stopped and gone are told apart",
                "[failures]") {
  ready();
  CHECK(call_named("b")->error.code == errc::unknown_server);
  auto pending = call(testee);
  auto stopped = ask(registry_handle, stop_all{});
  CHECK(stopped->ok());
  CHECK(pending->error.code == errc::closed);
  for (auto name : {"a", "b"}) {
    CHECK(call_named(name)->error.code == errc::runtime_stopped);
    CHECK(call_named(name)->error.what_became == fate::not_sent);
  }
  CHECK(call(testee)->error.code == errc::runtime_stopped);
  CHECK(call(testee)->error.what_became == fate::not_sent);
  exit_now(registry_handle, caf::exit_reason::user_shutdown);
  settle();
  CHECK(call_named("a")->error.code == errc::runtime_stopped);
  CHECK(call_named("a")->error.what_became == fate::not_sent);
}

SCENARIO_METHOD(failures_fixture,
                "a client that is stopped with its runtime says so while its "
                "server ends",
                "[failures]") {
  ready();
  server().pipe->hold_on();
  auto stopped = ask(registry_handle, stop_all{});
  REQUIRE(stopped.open());
  constexpr auto said = errc::runtime_stopped;
  CHECK(call(testee)->error.code == said);
  CHECK(ask(testee, list_tools{})->error.code == said);
  CHECK(ask(testee, ensure_ready{})->error.code == said);
  CHECK(ask(testee, reload{})->error.code == said);
  CHECK(call_named("a")->error.code == said);
  server().pipe->let_go();
  settle();
  CHECK(stopped->ok());
}

SCENARIO_METHOD(failures_fixture,
                "the registry's end without a stop is not told as one",
                "[failures]") {
  ready();
  exit_now(registry_handle, caf::exit_reason::user_shutdown);
  settle();
  CHECK(call_named("a")->error.code == errc::client_down);
  CHECK(call_named("a")->error.what_became == fate::not_sent);
}

SCENARIO_METHOD(failures_fixture,
                "the end of the supervisor ends everything, with answers",
                "[failures]") {
  ready();
  auto pending = call(testee);
  exit_now(supervisor_handle, caf::exit_reason::user_shutdown);
  settle();
  CHECK(pending->error.code == errc::client_down);
  CHECK_FALSE(server().pipe->connected());
  CHECK(call_named("a")->error.code == errc::client_down);
}
