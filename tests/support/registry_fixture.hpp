#pragma once

#include "troupe/tests/support/actor_world.hpp"

namespace troupe::test {

using names = std::vector<std::string>;

/// Asks a registry by its servers' names.
struct registry_fixture : actor_world {
  apply_result apply(std::vector<server_spec> x) {
    for (auto& s : x)
      server(s.name);
    return ask(registry_handle, apply_servers{x})->value;
  }

  outcome<answer<stop_report>> close_of_a() {
    return ask(registry_handle, by_name<close_client>{"a", {}});
  }

  outcome<answer<client_ref>> find(const std::string& name = "a") {
    return ask(registry_handle, find_client{name});
  }

  outcome<answer<call_tool_result>> call_named(const std::string& name = "a") {
    return ask(registry_handle, by_name<call_tool>{name, {"echo", {}}});
  }

  phase phase_of(const std::string& name = "a") {
    return status_of(find(name)->value.handle).state;
  }

  server_spec other_spec(const std::string& name = "a") {
    auto x = spec(name);
    x.args = {"--other"};
    return x;
  }

  server_spec lazy_spec() {
    auto x = spec();
    x.lazy = true;
    return x;
  }

  /// Sends without letting anything happen.
  template <class Message>
  outcome<answer<result_of<Message>>> send(Message x) {
    return send_to(registry_handle, std::move(x));
  }
};

} // namespace troupe::test
