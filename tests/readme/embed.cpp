#include "troupe/actors/blocking.hpp"
#include "troupe/actors/runtime.hpp"

#include <iostream>

int main(int, char** argv) {
  using namespace troupe;
  caf::actor_system_config config;
  register_types(config);
  caf::actor_system system{config};
  runtime mcp{system};

  server_spec spec;
  spec.name = "demo";
  spec.command = argv[1]; // a program that speaks MCP on stdin and stdout
  auto patience = std::chrono::seconds{30};
  auto opened =
    ask_and_wait(system, mcp.registry(), patience, open_client{spec});
  auto client = opened.value.handle; // an actor: good through every restart

  auto result = ask_and_wait(system, client, patience,
                             call_tool{"echo", {{"text", "hello"}}});
  std::cout << (result.ok() ? result.value.text() : result.error.text) << "\n";

  auto status = ask_and_wait(system, client, patience, get_status{});
  std::cout << to_string(status.value.state) << ", process " << status.value.pid
            << "\n";
}
