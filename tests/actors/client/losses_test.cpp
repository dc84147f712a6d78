// Covers actors/client/ends.cpp, actors/client/starts.cpp,
// actors/client/commands.cpp, actors/supervision/transport_actor.hpp,
// actors/supervision/supervisor.hpp.
// Each way to lose a connection, in each phase: the client goes on.

#include "troupe/tests/support/site_world.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace troupe;
using namespace troupe::test;

namespace {

// -- each loss in each phase --------------------------------------------------

/// Every reason for a loss, without those of ends that we order ourselves.
std::vector<errc> all_losses() {
  std::vector<errc> result;
  for (int i = 1; i <= static_cast<int>(errc::failed); ++i)
    if (auto x = static_cast<errc>(i);
        x != errc::closed && x != errc::reloaded && x != errc::client_down)
      result.push_back(x);
  return result;
}

struct loss_world : actor_world {
  client_handle testee;
  std::vector<outcome<answer<client_status>>> starts;
  std::vector<outcome<answer<call_tool_result>>> calls;
  std::vector<outcome<answer<stop_report>>> closes;

  void call_it() {
    calls.push_back(call(testee, {"echo", {}, 0, 20s, 30s}));
  }

  void bring_up() {
    testee = open();
    server().answers_calls = false;
    call_it();
  }

  /// Brings the client to phase `at`, with requests that wait for it to go on.
  /// Connecting begins in `lose` alone, as it would be over at once.
  void bring_to(phase at) {
    if (at == phase::connecting) {
      auto x = spec();
      x.lazy = true;
      testee = open(x);
    } else if (at == phase::handshaking) {
      server().answers_handshake = false;
      testee = open();
      starts.push_back(ask(testee, ensure_ready{}));
      call_it();
    } else {
      bring_up();
    }
    if (at == phase::draining)
      starts.push_back(ask(testee, reload{}));
    if (at == phase::stopping)
      closes.push_back(ask(testee, close_client{5s}));
  }

  void lose(phase at, errc why) {
    if (at == phase::connecting) {
      server().pipe->fail_next(why, "lost");
      starts.push_back(ask(testee, ensure_ready{}));
      call_it();
    } else {
      server().pipe->hang_up(why, "lost");
      settle();
    }
  }

  bool all_answered() const {
    auto open = [](auto& xs) {
      return std::any_of(xs.begin(), xs.end(),
                         [](auto& x) { return x.open(); });
    };
    return !open(starts) && !open(calls) && !open(closes);
  }
};

/// Phases that a client may stay in: it works, or says what it waits for.
bool is_lasting(phase x) {
  return x == phase::ready || x == phase::auth_required || x == phase::failed;
}

void check_loss(phase at, errc why) {
  loss_world w;
  w.bring_to(at);
  w.lose(at, why);
  w.server().answers_calls = true;
  w.server().answers_handshake = true;
  w.advance(40s);
  CHECK(w.all_answered());
  auto found = w.ask(w.registry_handle, find_client{"a"});
  CHECK(found->ok() == w.closes.empty());
  if (!found->ok())
    return;
  CHECK(is_lasting(w.status_of(w.testee).state));
  auto reloaded = w.ask(w.testee, reload{});
  w.advance(1s);
  CHECK(reloaded->ok());
  CHECK(w.status_of(w.testee).state == phase::ready);
  CHECK(w.call(w.testee)->ok());
}

// -- transports that are killed -----------------------------------------------

struct spied_world : deterministic_fixture {
  scripted_server server;
  std::vector<caf::actor> joined; // those that are no clients, in order
  monitor_handle spy = monitor_handle{system.spawn<errand_boy>(
    caf::message_handler{[this](const member_joined& x) {
                           if (x.name.empty())
                             joined.push_back(x.who);
                         },
                         [](const member_left&) {}, [](const client_event&) {},
                         [](const diagnostic&) {}})};
  handle_of<supervisor> supervisor_handle = spawn<supervisor>(
    supervisor_options{spy,
                       [this](const server_spec& x) {
                         return make_pipe_transport(server.pipe, x.limits);
                       },
                       {},
                       1});
  handle_of<registry> registry_handle =
    spawn<registry>(registry_options{supervisor_handle, spy});

  spied_world() {
    adopt(spy);
  }

  ~spied_world() {
    joined.clear();
  }

  client_handle client_now() {
    return ask(registry_handle, find_client{"a"})->value.handle;
  }

  client_status status_now() {
    return ask(client_now(), get_status{})->value;
  }
};

} // namespace

SCENARIO("whatever ends a connection, in whatever phase, every asker is "
         "answered, and the client goes on or says why not",
         "[client]") {
  for (auto at : {phase::connecting, phase::handshaking, phase::ready,
                  phase::draining, phase::stopping})
    for (auto why : all_losses()) {
      INFO(to_string(at) << ", " << to_string(why));
      check_loss(at, why);
    }
}

SCENARIO_METHOD(site_world,
                "a server that refuses the credentials of a call while it is "
                "reloaded with others is asked with those",
                "[client]") {
  auto x = site_spec();
  x.dialect = dialect_choice::legacy;
  auto testee = open(x);
  site().answers_calls = false;
  auto pending = call(testee, {"find", {}});
  x.headers["Authorization"] = secret{"Bearer other"};
  auto first = ask(testee, reload{0ms, {x}});
  auto second = ask(testee, reload{});
  REQUIRE(status_of(testee).state == phase::draining);
  site().refuse(site().kept.front(), 401, 0, "expired");
  advance(1s);
  CHECK(pending->error.code == errc::auth_required);
  CHECK(first->ok());
  CHECK(second->ok());
  CHECK(site().connections == 2);
}

SCENARIO_METHOD(spied_world,
                "a transport's actor that is ended from outside is a failure "
                "like any other",
                "[client]") {
  server_spec x;
  x.name = "a";
  x.command = "/bin/true"; // the pipe stands for it
  x.dialect = dialect_choice::legacy;
  ask(registry_handle, open_client{x});
  auto testee = client_now();
  REQUIRE(status_now().state == phase::ready);
  auto transport = joined.back();
  server.answers_calls = false;
  auto pending = ask(testee, call_tool{"echo", {}});
  GIVEN("one that is told to end") {
    exit_now(transport, caf::exit_reason::user_shutdown);
    settle();
    CHECK(pending->error.code == errc::internal_error);
    CHECK(client_now() == testee);
  }
  GIVEN("one that is killed, and by the link its client") {
    caf::anon_send_exit(transport, caf::exit_reason::kill);
    settle();
    CHECK(pending->error.code == errc::client_down);
    CHECK(client_now() != testee);
  }
  CHECK(pending->error.what_became == fate::outcome_unknown);
  CHECK(status_now().state == phase::backoff);
  CHECK_FALSE(server.pipe->connected());
  advance(2s);
  CHECK(status_now().state == phase::ready);
  CHECK(server.pipe->connections() == 2);
}
