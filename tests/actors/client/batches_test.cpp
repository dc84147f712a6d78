// Covers actors/client/connection.hpp, actors/client/events.cpp,
// actors/actor_base.hpp.

#include "troupe/tests/support/actor_world.hpp"
#include "troupe/tests/support/linked_transport.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

using frames = std::vector<std::string>;

/// What reached the server, one entry for each write. Links outlive the test.
struct write_log {
  std::vector<frames> writes;
};
using log_ptr = std::shared_ptr<write_log>;

/// Keeps what it may keep, and answers the handshake.
class keeping_link : public outbox {
public:
  keeping_link(std::shared_ptr<transport_listener> to, log_ptr log)
    : to_(std::move(to)), log_(std::move(log)) {
    // nop
  }

  errc push(std::string frame, uint64_t) override {
    if (frame.find("refuse me") != frame.npos)
      return errc::too_large;
    kept_.push_back(std::move(frame));
    flush();
    return errc::none;
  }
  errc push_held(std::string frame, uint64_t) override {
    kept_.push_back(std::move(frame));
    return errc::none;
  }
  void flush() override {
    auto lot = std::exchange(kept_, {});
    log_->writes.push_back(lot);
    for (auto& x : lot)
      if (x.find("\"initialize\"") != x.npos)
        answer_initialize(*to_, std::move(x));
  }
  bool revoke(uint64_t) override {
    return false;
  }
  std::vector<uint64_t> close() override {
    return {};
  }
  size_t depth() const override {
    return kept_.size();
  }

private:
  std::shared_ptr<transport_listener> to_;
  log_ptr log_;
  frames kept_;
};

struct batches_fixture : deterministic_fixture {
  batches_fixture() {
    server_spec x;
    x.name = "a";
    x.command = "/bin/true"; // the link stands for it
    x.dialect = dialect_choice::legacy;
    testee = ask(registry_handle, open_client{x})->value.handle;
    REQUIRE(ask(testee, get_status{})->value.state == phase::ready);
    log->writes.clear();
  }

  /// All of it waits in the client's mailbox before the first is handled.
  void call_at_once(size_t calls, bool and_status,
                    const std::string& and_tool = {}) {
    tell_anon(
      agent, errand{[=, this](caf::event_based_actor* self) {
        auto drop = [](caf::error&) {};
        for (size_t i = 0; i < calls; ++i)
          raw_request(self, testee, caf::infinite, call_tool{"echo", {}})
            .then([](answer<call_tool_result>&) {}, drop);
        if (!and_tool.empty())
          raw_request(self, testee, caf::infinite, call_tool{and_tool, {}})
            .then([](answer<call_tool_result>&) {}, drop);
        if (and_status)
          raw_request(self, testee, caf::infinite, get_status{})
            .then([](answer<client_status>&) {}, drop);
      }});
    settle();
  }

  log_ptr log = std::make_shared<write_log>();
  handle_of<monitor> monitor_handle = spawn<monitor>(monitor_options{});
  handle_of<supervisor> supervisor_handle =
    spawn<supervisor>(supervisor_options{
      monitor_handle,
      [this](const server_spec&) {
        return std::make_shared<linked_transport>([log = log](auto to) {
          return std::make_shared<keeping_link>(to, log);
        });
      },
      {},
      1});
  handle_of<registry> registry_handle =
    spawn<registry>(registry_options{supervisor_handle, monitor_handle});
  client_handle testee;
};

} // namespace

SCENARIO_METHOD(batches_fixture, "calls that come together are sent together",
                "[client]") {
  GIVEN("three calls in the mailbox") {
    call_at_once(3, false);
    THEN("one write has them") {
      REQUIRE(log->writes.size() == 1);
      CHECK(log->writes[0].size() == 3);
    }
  }
  GIVEN("two calls, and behind them a message that sends nothing") {
    call_at_once(2, true);
    THEN("they are sent all the same, by one write") {
      REQUIRE(log->writes.size() == 1);
      CHECK(log->writes[0].size() == 2);
    }
  }
  GIVEN("a call, and behind it one that the outbox refuses") {
    call_at_once(1, false, "refuse me");
    THEN("the first is sent all the same") {
      REQUIRE(log->writes.size() == 1);
      CHECK(log->writes[0].size() == 1);
    }
  }
#if TROUPE_CAF_0_17
  GIVEN("a message that CAF itself handles, and then a call") {
    caf::anon_send(caf::actor{testee}, caf::sys_atom::value,
                   caf::get_atom::value, std::string{"info"});
    settle();
    call_at_once(1, false);
    THEN("the call is sent") {
      CHECK(log->writes.size() == 1);
    }
  }
#endif
  GIVEN("one call, and then another") {
    call_at_once(1, false);
    CHECK(log->writes.size() == 1);
    call_at_once(1, false);
    THEN("none has waited") {
      CHECK(log->writes.size() == 2);
    }
  }
}
