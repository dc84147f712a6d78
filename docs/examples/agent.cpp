// An agent: an actor that calls the tools of a server, and lives through the
// death of that server, which it provokes.
//
//   agent SERVER

#include <troupe/troupe.hpp>

#include <iostream>

using namespace troupe;

// A plain actor of CAF's. Each step asks, and what comes back is an
// `answer<...>`: no timeout, no error handler.
class agent : public caf::event_based_actor {
public:
  agent(caf::actor_config& config, client_handle server)
    : caf::event_based_actor(config), server_(std::move(server)) {
    // nop
  }

  caf::behavior make_behavior() override {
    say_hello();
    return {}; // takes no messages, and lives until the last answer has come
  }

private:
  void say_hello() {
    ask(this, server_, call_tool{"echo", {{"text", "hello"}}})
      .then([this](answer<call_tool_result> x) {
        if (!x.ok())
          return give_up(x.error);
        std::cout << x.value.text() << '\n';
        provoke();
      });
  }

  // The tool ends its server. Was it executed? Only the server knew: such a
  // call is never repeated by the library.
  void provoke() {
    ask(this, server_, call_tool{"crash", {{"status", 3}}})
      .then([this](answer<call_tool_result> x) {
        std::cout << "the server died: " << to_string(x.error.code) << ", "
                  << to_string(x.error.what_became) << '\n';
        say_hello_again();
      });
  }

  // The same handle: this call waits until the server is there again.
  void say_hello_again() {
    ask(this, server_, call_tool{"echo", {{"text", "hello again"}}})
      .then([this](answer<call_tool_result> x) {
        if (!x.ok())
          return give_up(x.error);
        std::cout << x.value.text() << '\n';
        look_back();
      });
  }

  void look_back() {
    ask(this, server_, get_status{}).then([this](answer<client_status> x) {
      std::cout << "restarts: " << x.value.restarts << '\n';
    });
  }

  void give_up(const failure& why) {
    std::cout << "no result: " << why.text << '\n';
  }

  client_handle server_;
};

int main(int argc, char** argv) {
  if (argc < 2)
    return 2;
  troupe::config config;
  caf::actor_system system{config};
  runtime mcp{system}; // behind the system: it must go first
  if (mcp.problem())
    std::cout << mcp.problem().text << '\n';

  auto opened = mcp.open(program_server("demo", argv[1]));
  if (!opened.ok()) {
    std::cout << opened.error.text << '\n';
    return 1;
  }
  auto one = system.spawn<agent>(opened.value.handle);
  caf::scoped_actor self{system};
  self->wait_for(one);
  return mcp.stop().clean ? 0 : 1;
}
