#include "troupe/tests/package/crowd/agent.hpp"

using namespace troupe;

constexpr int asks_at_a_time = 4;

agent::agent(caf::actor_config& config, tally& all, registry_handle registry,
             std::vector<client_ref> servers, uint64_t seed)
  : caf::event_based_actor(config), all_(all), registry_(std::move(registry)),
    servers_(std::move(servers)),
    random_(static_cast<std::minstd_rand::result_type>(seed)) {
  // nop
}

caf::behavior agent::make_behavior() {
  for (int i = 0; i < asks_at_a_time; ++i)
    ask_next();
  return {[this](const call_progress& x) { on_progress(x); }};
}

const client_ref& agent::some_server() {
  return servers_[random_() % servers_.size()];
}

// -- asking -------------------------------------------------------------------

void agent::ask_next() {
  auto id = ++last_id_;
  open_.insert(id);
  ++all_.asked;
  auto& to = some_server().handle;
  switch (random_() % 8) {
    case 0: return ask_progress(id);
    case 1: return ask_by_name(id);
    case 2: return ask_counted(id, to, call_tool{"sleep", {{"ms", 20}}});
    case 3: return ask_counted(id, to, list_tools{random_() % 2 == 0});
    case 4: return ask_counted(id, to, get_prompt{"greet", {}}); // asks back
    default: return ask_echo(id);
  }
}

template <class Handle, class Message>
void agent::ask_counted(uint64_t id, const Handle& to, Message x) {
  ask(this, to, std::move(x)).then([this, id](auto answer) {
    on_answer(id, answer.ok());
  });
}

// What comes back shows whose answer it is.
void agent::ask_echo(uint64_t id) {
  auto text = std::to_string(this->id()) + ' ' + std::to_string(id);
  ask(this, some_server().handle, call_tool{"echo", {{"text", text}}})
    .then([this, id, text](const answer<call_tool_result>& x) {
      if (x.ok() && !x.value.is_error() && x.value.text() != text)
        ++all_.wrong;
      on_answer(id, x.ok());
    });
}

void agent::ask_progress(uint64_t id) {
  call_tool call{"progress", {{"steps", 5}, {"ms", 10}}};
  call.tag = id;
  ask_counted(id, some_server().handle, call);
}

void agent::ask_by_name(uint64_t id) {
  auto& name = some_server().name;
  if (random_() % 2 == 0)
    ask_counted(id, registry_, by_name{name, get_status{}});
  else
    ask_counted(id, registry_, by_name{name, ensure_ready{}});
}

// -- what comes back ----------------------------------------------------------

void agent::on_answer(uint64_t id, bool ok) {
  if (open_.erase(id) == 0) {
    ++all_.again;
    return;
  }
  ++all_.answered;
  all_.succeeded += ok ? 1 : 0;
  if (!all_.finishing)
    ask_next();
  else if (open_.empty())
    quit();
}

// Every other one is given up. Who serves it is not remembered: a client does
// not know the tags of others.
void agent::on_progress(const call_progress& x) {
  ++all_.steps;
  if (open_.count(x.tag) == 0)
    ++all_.wrong;
  if (x.tag % 2 != 0)
    return;
  ++all_.cancelled;
  for (auto& server : servers_)
    tell(this, server.handle, cancel_call{x.tag});
}
