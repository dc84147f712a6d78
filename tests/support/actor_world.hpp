#pragma once

#include "troupe/actors/supervision/monitor.hpp"
#include "troupe/actors/supervision/registry.hpp"
#include "troupe/actors/supervision/supervisor.hpp"

#include "troupe/tests/support/deterministic_fixture.hpp"
#include "troupe/tests/support/scripted_server.hpp"

#include <map>

namespace troupe::test {

using namespace std::chrono_literals;

/// The whole cast on one thread, with scripted servers behind pipes.
struct actor_world : deterministic_fixture {
  std::map<std::string, std::shared_ptr<scripted_server>> servers;
  /// Other servers than those behind pipes, by their URL.
  std::map<std::string, std::function<transport_ptr()>> remote;
  std::map<std::string, server_spec> made; // with what, the last time
  std::vector<client_event> events;
  spawn_limits limits;
  handle_of<monitor> monitor_handle;
  handle_of<supervisor> supervisor_handle;
  handle_of<registry> registry_handle;

  /// Makes the actors that answer what servers want to know.
  using make_handlers = std::function<input_handlers(actor_world&)>;

  explicit actor_world(make_handlers make = nullptr,
                       implementation client = default_client());
  ~actor_world();

  scripted_server& server(const std::string& name = "a");
  server_spec spec(const std::string& name = "a");

  /// Adds a server; its client starts at once unless the spec is lazy.
  client_handle open(const server_spec& x);
  client_handle open();

  outcome<answer<call_tool_result>> call(const client_handle& to,
                                         call_tool x = {"echo", {}});

  /// Asks, and lets nothing happen yet.
  template <class Handle, class Message>
  outcome<reply_from<Handle, Message>> send_to(const Handle& whom, Message x) {
    return post(agent, whom, std::move(x));
  }

  client_status status_of(const client_handle& x);

  /// Every move of a client so far, in order, as "idle connecting ...".
  std::string trail(const std::string& name = "a") const;

private:
  transport_ptr transport_for(const server_spec& x);
  void watch_events();
};

// Asked by nearly every test: compiled once, in actor_world.cpp.
extern template outcome<reply_from<registry_handle, open_client>>
deterministic_fixture::post(const caf::actor&, const registry_handle&,
                            open_client);
extern template outcome<reply_from<client_handle, get_status>>
deterministic_fixture::post(const caf::actor&, const client_handle&,
                            get_status);
extern template outcome<reply_from<client_handle, call_tool>>
deterministic_fixture::post(const caf::actor&, const client_handle&, call_tool);
extern template outcome<reply_from<client_handle, close_client>>
deterministic_fixture::post(const caf::actor&, const client_handle&,
                            close_client);

} // namespace troupe::test
