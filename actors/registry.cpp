#include "actors/registry.hpp"

#include "actors/type_ids.hpp"

#include "messages/config.hpp"

#include <memory>
#include <set>

namespace troupe {

namespace {

failure unknown(const std::string& name) {
  return {errc::unknown_server, fate::not_sent,
          "no server is called '" + name + "'"};
}

failure stopped() {
  return {errc::runtime_stopped, fate::not_sent, "the runtime is stopping", 0,
          {}};
}

} // namespace

registry::registry(caf::actor_config& config, registry_options options)
  : actor_base(config), supervisor_(std::move(options.supervisor)),
    monitor_(std::move(options.monitor)) {
  // nop
}

caf::message_handler registry::handlers() {
  watch(supervisor_, [this](const caf::error& why) { quit(why); });
  tell(this, monitor_, member_joined{{}, me()});
  return table(
    [this](const call_tool_of& x) {
      return pass_on<call_tool_result>(x.server, x.what);
    },
    [this](const list_tools_of& x) {
      return pass_on<tool_list>(x.server, x.what);
    },
    [this](const ensure_ready_of& x) {
      return pass_on<client_status>(x.server, x.what);
    },
    [this](const reload_of& x) {
      return pass_on<client_status>(x.server, x.what);
    },
    [this](const close_of& x) { return on_close(x); },
    [this](const find_client& x) -> answer<client_ref> {
      auto i = entries_.find(x.name);
      if (i == entries_.end() || !i->second.client)
        return unknown(x.name);
      return client_ref{x.name, i->second.client};
    },
    [this](const apply_servers& x) { return on_apply(x); },
    [this](const open_client& x) { return on_open(x); },
    [this](const stop_all&) { return on_stop_all(); },
    [this](const child_replaced& x) { follow(x.child); },
    [this](const get_status&) {
      return status(std::to_string(entries_.size()) + " servers");
    });
}

void registry::on_stop() {
  entries_.clear();
  supervisor_ = nullptr;
  monitor_ = nullptr;
}

template <class Answer, class What>
caf::typed_response_promise<answer<Answer>>
registry::pass_on(const std::string& name, What what) {
  auto later = promise<Answer>();
  auto i = entries_.find(name);
  if (stopping_)
    later.deliver(answer<Answer>{stopped()});
  else if (i == entries_.end() || !i->second.client)
    later.deliver(answer<Answer>{unknown(name)});
  else
    later.delegate(i->second.client, std::move(what));
  return later;
}

// -- the desired set ----------------------------------------------------------------

answer<apply_result> registry::on_apply(const apply_servers& x) {
  if (stopping_)
    return stopped();
  apply_result result;
  std::set<std::string> desired;
  for (auto& spec : x.servers) {
    if (auto why = validate(spec)) {
      result.refused.push_back(spec.name + ": " + why->text);
      desired.insert(spec.name); // what runs under this name goes on
      continue;
    }
    if (!spec.enabled)
      continue;
    if (!desired.insert(spec.name).second) {
      result.refused.push_back(spec.name + ": the name is taken twice");
      continue;
    }
    apply_one(spec, result);
  }
  for (auto& [name, entry] : entries_) {
    if (desired.count(name) > 0 || entry.closing)
      continue;
    result.stopped.push_back(name);
    close(entry);
  }
  return result;
}

void registry::apply_one(const server_spec& spec, apply_result& result) {
  auto i = entries_.find(spec.name);
  if (i == entries_.end()) {
    result.started.push_back(spec.name);
    open(spec);
    return;
  }
  auto& entry = i->second;
  if (entry.closing) {
    entry.again = spec;
    result.started.push_back(spec.name);
  } else if (entry.spec == spec) {
    result.unchanged.push_back(spec.name);
  } else {
    entry.spec = spec;
    result.replaced.push_back(spec.name);
    if (entry.client) // else it gets the new one when it is made
      ask(this, entry.client, caf::infinite, reload{milliseconds{0}, {spec}})
        .then([](const answer<client_status>&) {}, [](caf::error&) {});
  }
}

reply<client_ref>::promise registry::on_open(const open_client& x) {
  auto later = promise<client_ref>();
  reply<client_ref> to{later};
  if (stopping_) {
    to.deliver(stopped());
  } else if (auto why = validate(x.spec)) {
    to.deliver(std::move(*why));
  } else if (entries_.count(x.spec.name) > 0) {
    to.deliver(failure{errc::invalid_argument, fate::not_sent,
                       x.spec.name + " exists already"});
  } else {
    open(x.spec);
    entries_[x.spec.name].waiters.push_back(std::move(to));
  }
  return later;
}

void registry::open(const server_spec& spec) {
  entries_[spec.name].spec = spec;
  ask(this, supervisor_, caf::infinite, add_child{spec})
    .then(
      [this, name = spec.name](const answer<client_ref>& x) {
        if (x.ok())
          on_opened(x.value);
        else
          entries_.erase(name);
      },
      [this, name = spec.name](caf::error&) { entries_.erase(name); });
}

void registry::on_opened(const client_ref& x) {
  auto i = entries_.find(x.name);
  if (i == entries_.end())
    return;
  follow(x);
  auto& entry = i->second;
  for (auto& waiter : std::exchange(entry.waiters, {}))
    waiter.deliver(x);
  if (entry.closing)
    close(entry);
}

/// From now on `x` is the client of that name.
void registry::follow(const client_ref& x) {
  auto i = entries_.find(x.name);
  if (i == entries_.end())
    return;
  i->second.client = x.handle;
  watch(x.handle, [this, name = x.name, which = x.handle->address()](
                    const caf::error& why) {
    on_client_down(name, which, why);
  });
  if (i->second.spec.lazy || i->second.closing)
    return;
  // Not `ensure_ready`: it may carry a spec that changed in the meantime.
  ask(this, x.handle, caf::infinite,
          reload{milliseconds{0}, {i->second.spec}})
    .then([](const answer<client_status>&) {}, [](caf::error&) {});
}

void registry::on_client_down(const std::string& name,
                              const caf::actor_addr& which,
                              const caf::error& why) {
  auto i = entries_.find(name);
  if (i == entries_.end() || !i->second.client
      || i->second.client->address() != which)
    return;
  i->second.client = nullptr;
  if (why && !i->second.closing)
    return; // a bug; `child_replaced` brings the next one
  auto again = std::move(i->second.again);
  entries_.erase(i);
  if (again && !stopping_)
    open(*again);
}

// -- closing ----------------------------------------------------------------------

void registry::close(entry& x) {
  x.closing = true;
  x.again.reset();
  if (!x.client)
    return; // closed as soon as it is made
  ask(this, x.client, caf::infinite, close_client{})
    .then([](const answer<stop_report>&) {}, [](caf::error&) {});
}

reply<stop_report>::promise registry::on_close(const close_of& x) {
  auto i = entries_.find(x.server);
  if (i != entries_.end())
    i->second.closing = true;
  return pass_on<stop_report>(x.server, x.what);
}

reply<stop_all_report>::promise registry::on_stop_all() {
  struct gathering {
    reply<stop_all_report> to;
    stop_all_report report;
    size_t open = 0;
  };
  auto later = promise<stop_all_report>();
  stopping_ = true;
  auto all = std::make_shared<gathering>();
  all->to = reply<stop_all_report>{later};
  all->report.clean = true;
  auto done = [all](const std::string& name, const stop_report& how) {
    all->report.names.push_back(name);
    all->report.reports.push_back(how);
    all->report.clean = all->report.clean && is_clean(how.left);
    if (--all->open == 0)
      all->to.deliver(std::move(all->report));
  };
  for (auto& [name, entry] : entries_)
    all->open += entry.client ? 1 : 0;
  if (all->open == 0) {
    all->to.deliver(std::move(all->report));
    return later;
  }
  for (auto& [name, entry] : entries_) {
    entry.closing = true;
    if (!entry.client)
      continue;
    ask(this, entry.client, defaults::stop_all_timeout, close_client{})
      .then(
        [done, name = name](const answer<stop_report>& x) {
          done(name, x.value);
        },
        [done, name = name](caf::error& e) {
          stop_report how;
          how.why = errc::timed_out;
          how.text = "no word from its client: " + to_text(e);
          how.left = proof::best_effort;
          done(name, how);
        });
  }
  return later;
}

} // namespace troupe
