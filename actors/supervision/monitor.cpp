#include "troupe/actors/supervision/monitor.hpp"

#include "troupe/actors/type_ids.hpp"

#include <algorithm>

namespace troupe {

/// The answer to one `get_tree`, shared by its open questions. Sent when the
/// last of them is answered or timed out, or when the monitor ends.
struct monitor::picture {
  reply<tree_status>::promise to;
  tree_status tree;

  ~picture() {
    std::sort(tree.clients.begin(), tree.clients.end(),
              [](auto& x, auto& y) { return x.name < y.name; });
    std::sort(tree.actors.begin(), tree.actors.end(),
              [](auto& x, auto& y) { return x.id < y.id; });
    to.deliver(answer<tree_status>{std::move(tree)});
  }
};

monitor::monitor(caf::actor_config& config, monitor_options options)
  : actor_base(config), facts_(std::move(options.facts)), since_(time_now()) {
  // nop
}

caf::message_handler monitor::handlers() {
  members_[address()] = member{{}, nullptr, {}};
  return table_of<monitor>(
    [this](const client_event& x) { publish(x); },
    [this](const diagnostic& x) { publish(x); },
    [this](const member_joined& x) { on_joined(x); },
    [this](const member_left& x) { members_.erase(x.who); },
    [this](const observe&) { on_observe(sender(), false); },
    [this](const observe_diagnostics&) { on_observe(sender(), true); },
    [this](const unobserve&) { on_unobserve(); },
    [this](const get_tree&) { return on_get_tree(); },
    [this](const get_status&) {
      return status(std::to_string(members_.size()) + " actors, "
                    + std::to_string(observers_.size()) + " observers, "
                    + std::to_string(unseen_) + " diagnostics dropped");
    });
}

void monitor::on_stop() {
  members_.clear();
  observers_.clear();
  facts_ = nullptr;
}

/// Only its runtime ends it.
void monitor::on_exit_msg(const caf::actor_addr&, const caf::error& why) {
  end_with({errc::runtime_stopped, fate::not_sent, "the runtime has stopped"});
  quit(why);
}

void monitor::on_joined(const member_joined& x) {
  if (!x.who)
    return;
  members_[x.who->address()] = member{x.name, x.who, {}};
}

/// CAF would print what its own actors do not handle.
static bool is_quiet(const caf::actor& x) {
  auto what = caf::actor_cast<caf::abstract_actor*>(x);
  return dynamic_cast<const actor_base*>(what) != nullptr;
}

void monitor::on_observe(const caf::actor& who, bool diagnostics) {
  if (!who)
    return;
  auto where = who->address();
  auto [i, first] = observers_.try_emplace(where);
  auto& x = i->second;
  x.diagnostics = x.diagnostics || diagnostics || is_quiet(who);
  if (!first)
    return;
  x.who = who;
  x.number = ++last_observer_;
  x.watch =
    watch(who, [this, where](const caf::error&) { observers_.erase(where); });
}

void monitor::on_unobserve() {
  auto who = caf::actor_cast<caf::actor_addr>(current_sender());
  auto i = observers_.find(who);
  if (i == observers_.end())
    return;
  unwatch(who, i->second.watch);
  observers_.erase(i);
}

// -- what observers hear ------------------------------------------------------

void monitor::publish(const client_event& x) {
  for (auto& [where, to] : observers_) {
    if (to.open < defaults::events_max) {
      show(to, x);
      continue;
    }
    auto [i, first] = to.late.try_emplace(x.server, x);
    if (first)
      continue;
    auto from = i->second.from;
    i->second = x;
    i->second.from = from;
  }
}

void monitor::publish(const diagnostic& x) {
  for (auto& [where, to] : observers_) {
    if (!to.diagnostics)
      continue;
    if (to.open < defaults::events_max)
      show(to, x);
    else
      ++unseen_;
  }
}

// Sent as a request, because every actor answers one with nothing once it has
// handled it: that counts what an observer has taken, without its help.
template <class Message>
void monitor::show(observer& to, Message x) {
  ++to.open;
  auto taken = [this, by = to.who->address(), n = to.number] {
    on_taken(by, n);
  };
  raw_request(this, to.who, caf::infinite, std::move(x))
    .then(taken, [taken](caf::error&) { taken(); });
}

void monitor::on_taken(const caf::actor_addr& by, uint64_t number) {
  auto i = observers_.find(by);
  if (i == observers_.end() || i->second.number != number)
    return; // it does not observe any more, or does so anew
  --i->second.open;
  if (i->second.late.empty())
    return;
  auto next = i->second.late.extract(i->second.late.begin());
  show(i->second, std::move(next.mapped()));
}

// -- the tree -----------------------------------------------------------------

reply<tree_status>::promise monitor::on_get_tree() {
  auto into = std::make_shared<picture>();
  into->to = promise<tree_status>();
  into->tree.uptime =
    std::chrono::duration_cast<milliseconds>(time_now() - since_);
  if (facts_) {
    auto facts = facts_();
    into->tree.warden_pid = facts.warden_pid;
    into->tree.warden_restarts = facts.warden_restarts;
  }
  auto later = into->to;
  for (auto& [where, x] : members_)
    question(x, into);
  return later;
}

// A client that does not answer in time is shown as last known: one slow actor
// must not delay the whole tree.
void monitor::question(member& x, const std::shared_ptr<picture>& into) {
  if (!x.who) { // ourselves
    into->tree.actors.push_back(
      status(std::to_string(members_.size()) + " actors").value);
    return;
  }
  auto where = x.who->address();
  auto asked = raw_request(this, x.who, defaults::status_timeout, get_status{});
  if (x.server.empty()) {
    std::move(asked).then(
      [into](answer<actor_status>& x) {
        if (x.ok())
          into->tree.actors.push_back(std::move(x.value));
      },
      [into](caf::error&) {
        // nop
      });
    return;
  }
  auto unknown = [this, into, where, name = x.server] {
    into->tree.clients.push_back(last_of(where, name));
  };
  std::move(asked).then(
    [this, into, where, unknown](const answer<client_status>& x) {
      if (!x.ok())
        return unknown();
      if (auto i = members_.find(where); i != members_.end())
        i->second.last = std::make_unique<client_status>(x.value);
      into->tree.clients.push_back(x.value);
    },
    [unknown](caf::error&) { unknown(); });
}

/// The client's last known status; only its name before the first one, or once
/// it is gone.
client_status monitor::last_of(const caf::actor_addr& where,
                               const std::string& name) const {
  auto i = members_.find(where);
  if (i != members_.end() && i->second.last)
    return *i->second.last;
  client_status result;
  result.name = name;
  return result;
}

} // namespace troupe
