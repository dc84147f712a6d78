#include "support/actor_world.hpp"

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

} // namespace

SCENARIO_METHOD(actor_world,
                "the tree is shown in time though one client does not answer",
                "[monitor]") {
  open(spec("ready"));
  // Whoever is asked keeps the promise and says nothing.
  auto kept = std::make_shared<std::vector<caf::response_promise>>();
  auto silent = system.spawn<mute_actor>(kept);
  adopt(silent);
  tell(agent, monitor_handle, member_joined{"silent", silent});
  auto tree = ask<tree_status>(monitor_handle, get_tree{});
  CHECK(tree.open());
  advance(defaults::status_timeout);
  REQUIRE(tree->clients.size() == 2);
  CHECK(tree->clients[0].name == "ready");
  CHECK(tree->clients[0].now == phase::ready);
  CHECK(tree->clients[1].name == "silent");
  WHEN("the monitor is gone before all have answered") {
    auto second = ask<tree_status>(monitor_handle, get_tree{});
    CHECK(second.open());
    exit_now(monitor_handle, caf::exit_reason::user_shutdown);
    settle();
    THEN("the tree is shown as far as it is known") {
      REQUIRE_FALSE(second.open());
      CHECK(second->clients.size() == 1);
    }
  }
  WHEN("it is gone") {
    exit_now(silent, caf::exit_reason::user_shutdown);
    settle();
    THEN("the tree does not wait for it") {
      CHECK_FALSE(ask<tree_status>(monitor_handle, get_tree{}).open());
    }
  }
  WHEN("it was joined to the tree by no handle at all") {
    tell(agent, monitor_handle, member_joined{"nobody", nullptr});
    THEN("the monitor lives") {
      auto status = ask<actor_status>(monitor_handle, get_status{});
      CHECK(status->kind == "troupe.monitor");
    }
  }
}

SCENARIO_METHOD(actor_world, "who left is not in the tree any more",
                "[monitor]") {
  auto a = open();
  auto b = open(spec("b"));
  caf::anon_send_exit(a, caf::exit_reason::kill);
  advance(2s);
  auto closed = ask<answer<stop_report>>(b, close_client{});
  CHECK(closed->ok());
  auto tree = ask<tree_status>(monitor_handle, get_tree{});
  REQUIRE(tree->clients.size() == 1);
  CHECK(tree->clients[0].name == "a");
  CHECK(tree->actors.size() == 4); // monitor, supervisor, registry, transport
}
