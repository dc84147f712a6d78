// Covers actors/supervision/monitor.hpp.

#include "troupe/tests/support/actor_world.hpp"
#include "troupe/tests/support/captured_stdout.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

class mute_actor : public caf::event_based_actor {
public:
  using promises = std::shared_ptr<std::vector<caf::response_promise>>;

  mute_actor(caf::actor_config& config, promises kept)
    : caf::event_based_actor(config), kept_(std::move(kept)) {
    // nop
  }

  caf::behavior make_behavior() override {
    return caf::behavior{[this](const get_status&) {
      kept_->push_back(make_response_promise());
      return kept_->back();
    }};
  }

  // Each promise holds this actor.
  void on_exit() override {
    kept_->clear();
  }

private:
  promises kept_;
};

/// Takes what it is told only when the test lets it.
class slow_observer : public caf::event_based_actor {
public:
  struct log {
    std::vector<client_event> seen;
    size_t remarks = 0;
    std::vector<caf::response_promise> untaken;
  };

  slow_observer(caf::actor_config& config, monitor_handle of,
                std::shared_ptr<log> into)
    : caf::event_based_actor(config), of_(std::move(of)),
      into_(std::move(into)) {
    // nop
  }

  caf::behavior make_behavior() override {
    troupe::tell(this, of_, observe_diagnostics{});
    return caf::behavior{
      [this](errand& x) { x.run(this); },
      [this](const client_event& x) {
        into_->seen.push_back(x);
        return later();
      },
      [this](const diagnostic&) {
        ++into_->remarks;
        return later();
      },
    };
  }

  // Each promise holds this actor.
  void on_exit() override {
    into_->untaken.clear();
    of_ = nullptr;
  }

private:
  caf::response_promise later() {
    into_->untaken.push_back(make_response_promise());
    return into_->untaken.back();
  }

  monitor_handle of_;
  std::shared_ptr<log> into_;
};

struct observed_world : actor_world {
  std::shared_ptr<slow_observer::log> log =
    std::make_shared<slow_observer::log>();
  caf::actor observer;

  observed_world() {
    observer = system.spawn<slow_observer>(monitor_handle, log);
    adopt(observer);
    settle();
  }

  void happen(const std::string& server, phase from, phase to) {
    client_event x;
    x.server = server;
    x.from = from;
    x.to = to;
    tell_anon(monitor_handle, x);
  }

  void remark() {
    tell_anon(monitor_handle, diagnostic{});
  }

  /// As much as an observer is told ahead.
  void fill() {
    for (size_t i = 0; i < defaults::events_max; ++i)
      happen("a", phase::idle, phase::connecting);
    settle();
  }

  void take_all() {
    tell_anon(observer, errand{[this](caf::event_based_actor*) {
                for (auto& x : std::exchange(log->untaken, {}))
                  x.deliver(true); // whatever is answered
              }});
    settle();
  }
};

} // namespace

SCENARIO_METHOD(actor_world,
                "the tree is shown in time though one client does not answer",
                "[monitor]") {
  open(spec("ready"));
  // The client `silent` keeps the promise of each question and never answers.
  auto kept = std::make_shared<std::vector<caf::response_promise>>();
  auto silent = system.spawn<mute_actor>(kept);
  adopt(silent);
  tell(agent, monitor_handle, member_joined{"silent", silent});
  auto tree = ask(monitor_handle, get_tree{});
  CHECK(tree.open());
  advance(defaults::status_timeout);
  REQUIRE(tree->value.clients.size() == 2);
  CHECK(tree->value.clients[0].name == "ready");
  CHECK(tree->value.clients[0].state == phase::ready);
  CHECK(tree->value.clients[1].name == "silent");
  WHEN("the monitor is gone before all have answered") {
    auto second = ask(monitor_handle, get_tree{});
    CHECK(second.open());
    exit_now(monitor_handle, caf::exit_reason::user_shutdown);
    settle();
    THEN("the tree is shown as far as it is known") {
      REQUIRE_FALSE(second.open());
      CHECK(second->value.clients.size() == 1);
    }
  }
  WHEN("it is gone") {
    exit_now(silent, caf::exit_reason::user_shutdown);
    settle();
    THEN("the tree does not wait for it") {
      CHECK_FALSE(ask(monitor_handle, get_tree{}).open());
    }
  }
  WHEN("it was joined to the tree by no handle at all") {
    tell(agent, monitor_handle, member_joined{"nobody", nullptr});
    THEN("the monitor lives") {
      auto status = ask(monitor_handle, get_status{});
      CHECK(status->value.kind == "troupe.monitor");
    }
  }
}

SCENARIO_METHOD(actor_world, "an actor that left is not in the tree any more",
                "[monitor]") {
  auto a = open();
  auto b = open(spec("b"));
  caf::anon_send_exit(a, caf::exit_reason::kill);
  advance(2s);
  auto closed = ask(b, close_client{});
  CHECK(closed->ok());
  auto tree = ask(monitor_handle, get_tree{});
  REQUIRE(tree->value.clients.size() == 1);
  CHECK(tree->value.clients[0].name == "a");
  CHECK(tree->value.actors.size()
        == 4); // monitor, supervisor, registry, transport
}

SCENARIO_METHOD(observed_world,
                "an observer that is slow hears how things came out, and "
                "nothing grows for it",
                "[monitor]") {
  fill();
  REQUIRE(log->seen.size() == defaults::events_max);
  for (int i = 0; i < 1000; ++i) {
    happen("a", phase::connecting, phase::handshaking);
    happen("b", phase::ready, phase::backoff);
    happen("a", phase::handshaking, phase::ready);
    remark();
    settle(); // the other observers keep up
  }
  CHECK(log->seen.size() == defaults::events_max);
  WHEN("it takes what it was told") {
    log->seen.clear();
    take_all();
    REQUIRE(log->seen.size() == 2);
    CHECK(log->seen[0].server == "a");
    CHECK(log->seen[0].from == phase::connecting);
    CHECK(log->seen[0].to == phase::ready);
    CHECK(log->seen[1].server == "b");
    CHECK(log->remarks == 0);
    THEN("it hears of everything again") {
      take_all();
      happen("b", phase::backoff, phase::connecting);
      remark();
      settle();
      CHECK(log->seen.size() == 3);
      CHECK(log->remarks == 1);
    }
  }
  WHEN("it ends") {
    exit_now(observer, caf::exit_reason::user_shutdown);
    settle();
    THEN("others hear of everything") {
      CHECK(events.size() == defaults::events_max + 3000);
      happen("b", phase::backoff, phase::connecting);
      settle();
      CHECK(events.size() == defaults::events_max + 3001);
    }
  }
}

namespace {

/// An agent on CAF's own base: it handles events, and CAF prints what it does
/// not handle.
class foreign_observer : public caf::event_based_actor {
public:
  foreign_observer(caf::actor_config& config, monitor_handle of,
                   std::shared_ptr<size_t> events)
    : caf::event_based_actor(config), of_(std::move(of)),
      events_(std::move(events)) {
    // nop
  }

  caf::behavior make_behavior() override {
    troupe::tell(this, of_, troupe::observe{});
    return caf::behavior{[this](const client_event&) { ++*events_; }};
  }

  void on_exit() override {
    of_ = nullptr;
  }

private:
  monitor_handle of_;
  std::shared_ptr<size_t> events_;
};

/// An observer on the base of actors/caf.hpp.
struct two_observers : observed_world {
  std::shared_ptr<size_t> remarks = std::make_shared<size_t>();
  std::shared_ptr<size_t> moves = std::make_shared<size_t>();
  caf::actor second = system.spawn<errand_boy>(
    caf::message_handler{[n = moves](const client_event&) { ++*n; },
                         [n = remarks](const diagnostic&) { ++*n; }});

  two_observers() {
    adopt(second);
    tell(second, monitor_handle, observe{});
  }

  void move_and_remark() {
    happen("a", phase::idle, phase::connecting);
    remark();
    settle();
  }
};

} // namespace

SCENARIO_METHOD(observed_world,
                "an agent that handles events only makes CAF print nothing",
                "[monitor]") {
  auto seen = std::make_shared<size_t>(0);
  captured_stdout out;
  auto other = system.spawn<foreign_observer>(monitor_handle, seen);
  adopt(other);
  settle();
  happen("a", phase::idle, phase::connecting);
  remark();
  settle();
  CHECK(out.end() == "");
  CHECK(*seen == 1);
  CHECK(log->remarks == 1);
}

SCENARIO_METHOD(two_observers,
                "an agent that does not observe any more is told nothing, and "
                "may begin again",
                "[monitor]") {
  move_and_remark();
  REQUIRE(*moves == 1);
  REQUIRE(*remarks == 1);
  tell(second, monitor_handle, unobserve{});
  move_and_remark();
  CHECK(*moves == 1);
  CHECK(*remarks == 1);
  CHECK(log->seen.size() == 2);              // others go on
  tell(second, monitor_handle, unobserve{}); // as often as one likes
  tell(second, monitor_handle, observe{});
  move_and_remark();
  CHECK(*moves == 2);
  CHECK(*remarks == 2);
}

SCENARIO_METHOD(two_observers,
                "what was told before and is taken after it began again is not "
                "counted twice",
                "[monitor]") {
  auto slow = observer;
  fill();
  tell_anon(slow, errand{[this](caf::event_based_actor* self) {
              troupe::tell(self, monitor_handle, unobserve{});
              troupe::tell(self, monitor_handle, observe{});
            }});
  settle();
  log->seen.clear();
  take_all();
  for (size_t i = 0; i < defaults::events_max + 10; ++i)
    happen("b", phase::idle, phase::connecting);
  settle();
  CHECK(log->seen.size() == defaults::events_max);
}
