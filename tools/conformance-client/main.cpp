/// The client that the official conformance suite drives: an ordinary program
/// on Troupe's public API. The suite gives the server's URL as the last
/// argument and the rest by the environment (tests/conformance/README.md).

#include "troupe/tools/conformance-client/plays.hpp"

#include "troupe/actors/blocking.hpp"
#include "troupe/actors/config.hpp"
#include "troupe/actors/runtime.hpp"

#include <cstdlib>
#include <iostream>

namespace {

using namespace troupe;
using namespace std::chrono_literals;

std::string variable(const char* name) {
  auto text = std::getenv(name);
  return text ? text : "";
}

/// Accepts every form as it is (the client fills in its defaults), has one
/// folder, and answers every sampling request with one sentence.
caf::behavior answer_all(caf::event_based_actor*) {
  using kind = server_request::kind;
  return {[](const server_request& x) -> answer<input_result> {
    switch (x.what) {
      case kind::elicitation: return elicit_result{elicit_action::accept};
      case kind::roots: return list_roots_result{{{"file:///tmp"}}};
      case kind::sampling: break;
    }
    return create_message_result{
      "assistant", {text_content("Yes.")}, "none", "endTurn"};
  }};
}

server_spec spec_for(std::string url, const std::string& version) {
  server_spec spec;
  spec.name = "suite";
  spec.transport = "http";
  spec.url = std::move(url);
  // The suite says which wire it tests.
  spec.dialect =
    version == modern_version ? dialect_choice::modern : dialect_choice::legacy;
  spec.restart.type = restart_type::temporary;
  return spec;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: conformance-client URL\n";
    return 2;
  }
  troupe::config config;
  caf::actor_system system{config};
  runtime_options options;
  options.handlers.otherwise = {
    system.spawn(answer_all),
    {.elicitation = true, .sampling = true, .roots = true}};
  runtime mcp{system, options};
  auto version = variable("MCP_CONFORMANCE_PROTOCOL_VERSION");
  auto opened = ask(system, mcp.registry(),
                    open_client{spec_for(argv[argc - 1], version)}, 20s);
  auto wrong = opened.ok() ? "" : opened.error.text;
  if (opened.ok())
    wrong = conformance::play(
      {system, opened.value.handle, variable("MCP_CONFORMANCE_SCENARIO"),
       json::parse(variable("MCP_CONFORMANCE_CONTEXT")).value});
  mcp.stop();
  if (wrong.empty())
    return 0;
  std::cerr << wrong << "\n";
  return 1;
}
