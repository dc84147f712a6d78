#include "troupe/tests/support/actor_world.hpp"

namespace troupe::test {

actor_world::actor_world(make_handlers make, implementation client) {
  monitor_handle = spawn<monitor>(monitor_options{});
  supervisor_handle = spawn<supervisor>(supervisor_options{
    monitor_handle, [this](auto& spec) { return transport_for(spec); }, limits,
    1, make ? make(*this) : input_handlers{}, std::move(client)});
  registry_handle =
    spawn<registry>(registry_options{supervisor_handle, monitor_handle});
  watch_events();
}

actor_world::~actor_world() {
  for (auto& [name, x] : servers)
    x->pipe->let_go();
}

scripted_server& actor_world::server(const std::string& name) {
  auto& x = servers[name];
  if (!x)
    x = std::make_shared<scripted_server>();
  return *x;
}

server_spec actor_world::spec(const std::string& name) {
  server_spec x;
  x.name = name;
  x.command = "/bin/true"; // the pipe stands for it
  x.dialect = dialect_choice::legacy;
  return x;
}

client_handle actor_world::open(const server_spec& x) {
  server(x.name);
  auto opened = ask(registry_handle, open_client{x});
  if (!opened->ok())
    throw std::logic_error(opened->error.text);
  return opened->value.handle;
}

client_handle actor_world::open() {
  return open(spec());
}

outcome<answer<call_tool_result>> actor_world::call(const client_handle& to,
                                                    call_tool x) {
  return ask(to, std::move(x));
}

client_status actor_world::status_of(const client_handle& x) {
  return ask(x, get_status{})->value;
}

std::string actor_world::trail(const std::string& name) const {
  std::string result;
  for (auto& x : events)
    if (x.server == name) {
      result += result.empty() ? "" : " ";
      result += to_string(x.to);
    }
  return result;
}

transport_ptr actor_world::transport_for(const server_spec& x) {
  if (auto i = remote.find(x.url); i != remote.end())
    return i->second();
  auto i = servers.find(x.name);
  if (i == servers.end())
    return nullptr;
  made[x.name] = x;
  return make_pipe_transport(i->second->pipe, x.limits);
}

void actor_world::watch_events() {
  auto observer = system.spawn<errand_boy>(caf::message_handler{
    [this](const client_event& x) { events.push_back(x); }});
  tell(observer, monitor_handle, observe{});
  adopt(observer);
}

template outcome<reply_from<registry_handle, open_client>>
deterministic_fixture::post(const caf::actor&, const registry_handle&,
                            open_client);
template outcome<reply_from<client_handle, get_status>>
deterministic_fixture::post(const caf::actor&, const client_handle&,
                            get_status);
template outcome<reply_from<client_handle, call_tool>>
deterministic_fixture::post(const caf::actor&, const client_handle&, call_tool);
template outcome<reply_from<client_handle, close_client>>
deterministic_fixture::post(const caf::actor&, const client_handle&,
                            close_client);

} // namespace troupe::test
