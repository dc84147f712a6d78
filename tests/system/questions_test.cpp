// Covers actors/session/input_requests.hpp, actors/session/input_required.hpp,
// actors/session/list_changes.hpp, actors/client/inputs.cpp,
// actors/client/lists.cpp, actors/runtime.hpp.

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/blocking.hpp"
#include "troupe/actors/runtime.hpp"
#include "troupe/tests/support/chosen_scheduler.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 40s;

/// A user who is called Eve.
class eve : public actor_base {
public:
  using actor_base::actor_base;

protected:
  caf::message_handler handlers() override {
    return table(
      [](const server_request& x) -> answer<input_result> {
        auto asked = parse_elicit_request(x.params);
        if (!asked.error.empty())
          return failure{errc::not_supported, fate::refused, asked.error};
        return elicit_result{elicit_action::accept, {{"name", "Eve"}}};
      },
      [](const server_request_cancelled&) {
        // nop
      });
  }
  void on_stop() override {
    // nop
  }
};

caf::actor_system_config& configured(caf::actor_system_config& x) {
  configure(x, test::chosen_scheduler(), 2);
  return x;
}

/// The real runtime and a real server that asks its user.
struct world {
  caf::actor_system_config config;
  caf::actor_system system{configured(config)};
  caf::actor user = system.spawn<eve>();
  runtime all;

  explicit world(bool with_user = true) : all(system, options(with_user)) {
    // nop
  }
  ~world() {
    CHECK(all.stop().clean);
    exit_now(std::exchange(user, nullptr), caf::exit_reason::user_shutdown);
  }

  runtime_options options(bool with_user) {
    runtime_options x;
    x.warden = TROUPE_TEST_WARDEN;
    if (with_user)
      x.handlers.otherwise = {user, {true, false, false, false}};
    return x;
  }

  void open(const std::string& era) {
    server_spec x;
    x.name = "a";
    x.command = TROUPE_TEST_DEMO;
    x.args = {"--era", era};
    REQUIRE(ask(open_client{x}).ok());
  }

  template <class Message>
  answer<result_of<Message>> ask(Message x) {
    return troupe::ask(system, all.registry(), std::move(x), patience);
  }

  std::string greeting(json arguments = {}) {
    auto got =
      ask(by_name<get_prompt>{"a", get_prompt{"greet", std::move(arguments)}});
    auto messages = got.value.messages();
    return messages.empty() ? got.error.text : messages[0].content.text;
  }
};

} // namespace

SCENARIO("a server asks its user, in either era", "[system]") {
  for (std::string era : {"legacy", "modern"}) {
    DYNAMIC_SECTION("GIVEN a " << era << " server, and a user") {
      world w;
      w.open(era);
      CHECK(w.greeting() == "Please greet Eve.");
      CHECK(w.greeting(json::trusted(R"({"name":"Ann"})"))
            == "Please greet Ann.");
    }
    DYNAMIC_SECTION("GIVEN a " << era << " server, and no user") {
      world w{false};
      w.open(era);
      CHECK(w.greeting() == "Please greet a stranger.");
    }
  }
}

SCENARIO("a server's resources are listed and read", "[system]") {
  world w;
  w.open("both");
  auto list = w.ask(by_name<list_resources>{"a", {}});
  REQUIRE(list.value.resources.size() == 1);
  CHECK(list.value.resources[0].uri == "demo:readme");
  auto templates = w.ask(by_name<list_resource_templates>{"a", {}});
  CHECK(templates.value.templates.size() == 1);
  auto read =
    w.ask(by_name<read_resource>{"a", read_resource{"demo:text/abc"}});
  CHECK(read.value.text() == "abc");
  CHECK(w.ask(by_name<list_prompts>{"a", {}}).value.prompts.size() == 1);
}

SCENARIO("S46: a list that changed is read again, in either era", "[system]") {
  for (std::string era : {"legacy", "modern"}) {
    DYNAMIC_SECTION("GIVEN a " << era << " server") {
      world w;
      w.open(era);
      auto before = w.ask(by_name<list_tools>{"a", {}});
      call_tool grow{"grow", json::trusted(R"({"tools":3,"times":200})")};
      REQUIRE(w.ask(by_name<call_tool>{"a", grow}).ok());
      auto after = w.ask(by_name<list_tools>{"a", {}});
      CHECK(after.value.tools.size() == before.value.tools.size() + 3);
    }
  }
}
