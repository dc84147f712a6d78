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
                       implementation client = default_client()) {
    monitor_handle = spawn<monitor>(monitor_options{});
    supervisor_handle = spawn<supervisor>(supervisor_options{
      monitor_handle, [this](auto& spec) { return transport_for(spec); },
      limits, 1, make ? make(*this) : input_handlers{}, std::move(client)});
    registry_handle =
      spawn<registry>(registry_options{supervisor_handle, monitor_handle});
    watch_events();
  }

  ~actor_world() {
    for (auto& [name, x] : servers)
      x->pipe->let_go();
  }

  scripted_server& server(const std::string& name = "a") {
    auto& x = servers[name];
    if (!x)
      x = std::make_shared<scripted_server>();
    return *x;
  }

  server_spec spec(const std::string& name = "a") {
    server_spec x;
    x.name = name;
    x.command = "/bin/true"; // the pipe stands for it
    x.dialect = dialect_choice::legacy;
    return x;
  }

  /// Adds a server; its client starts at once unless the spec is lazy.
  client_handle open(const server_spec& x) {
    server(x.name);
    auto opened = ask(registry_handle, open_client{x});
    if (!opened->ok())
      throw std::logic_error(opened->error.text);
    return opened->value.handle;
  }

  client_handle open() {
    return open(spec());
  }

  outcome<answer<call_tool_result>> call(const client_handle& to,
                                         call_tool x = {"echo", {}}) {
    return ask(to, std::move(x));
  }

  /// Asks, and lets nothing happen yet.
  template <class Handle, class Message>
  outcome<reply_from<Handle, Message>> send_to(const Handle& whom, Message x) {
    return post(agent, whom, std::move(x));
  }

  client_status status_of(const client_handle& x) {
    return ask(x, get_status{})->value;
  }

  /// Every move of a client so far, in order, as "idle connecting ...".
  std::string trail(const std::string& name = "a") const {
    std::string result;
    for (auto& x : events)
      if (x.server == name) {
        result += result.empty() ? "" : " ";
        result += to_string(x.to);
      }
    return result;
  }

private:
  transport_ptr transport_for(const server_spec& x) {
    if (auto i = remote.find(x.url); i != remote.end())
      return i->second();
    auto i = servers.find(x.name);
    if (i == servers.end())
      return nullptr;
    made[x.name] = x;
    return make_pipe_transport(i->second->pipe, x.limits);
  }

  void watch_events() {
    auto observer = system.spawn<errand_boy>(caf::message_handler{
      [this](const client_event& x) { events.push_back(x); }});
    tell(observer, monitor_handle, observe{});
    adopt(observer);
  }
};

} // namespace troupe::test
