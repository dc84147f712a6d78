#include "troupe/actors/supervision/supervisor.hpp"

#include "troupe/actors/type_ids.hpp"

#include "troupe/actors/client/client.hpp"
#include "troupe/actors/supervision/transport_actor.hpp"
#include "troupe/transports/failed_transport.hpp"
#include "troupe/transports/guarded.hpp"

namespace troupe {

supervisor::supervisor(caf::actor_config& config, supervisor_options options)
  : actor_base(config), make_transport_(std::move(options.make_transport)),
    input_handlers_(std::move(options.handlers)),
    identity_(std::move(options.client)), gate_(options.limits),
    random_(options.seed != 0 ? options.seed : std::random_device{}()),
    monitor_(std::move(options.monitor)) {
  // nop
}

caf::message_handler supervisor::handlers() {
  tell(this, monitor_, member_joined{{}, me()});
  return table_of<supervisor>(
    [this](const add_child& x) { return on_add(x); },
    [this](const remove_child& x) { on_remove(x.name); },
    [this](const start_requested& x) { on_requested(x); },
    [this](const start_withdrawn& x) { on_withdrawn(x.name); },
    [this](const restart_due& x) { on_due(x); },
    [this](const incarnation_ready& x) {
      auto c = find(x.name);
      if (c == nullptr || c->incarnation != x.incarnation)
        return;
      c->life.ready = time_now();
      c->next.reset(); // what was wanted has come
      gate_.on_settled(x.name);
      open_gate();
    },
    [this](const incarnation_failed& x) {
      auto c = find(x.name);
      if (c == nullptr || c->incarnation != x.incarnation || !c->transport)
        return;
      gate_.on_settled(x.name);
      open_gate();
    },
    [this](const incarnation_proven& x) {
      auto c = find(x.name);
      if (c != nullptr && c->incarnation == x.incarnation)
        c->life.proven = true;
    },
    [this](const dialect_learnt& x) { on_learnt(x); },
    [this](const credentials_changed& x) { on_credentials(x); },
    [this](const set_input_handler& x) { set_handler(x); },
    [this](const get_status&) {
      return status(std::to_string(children_.size()) + " servers, "
                    + std::to_string(gate_.live()) + " live, "
                    + std::to_string(gate_.waiting()) + " queued to start, "
                    + std::to_string(refused_starts_) + " starts put off");
    });
}

// Clients watch their supervisor and end with it; by the link, so do their
// transports.
void supervisor::on_stop() {
  children_.clear();
  make_transport_ = nullptr;
  input_handlers_ = {};
  monitor_ = nullptr;
}

// -- clients ------------------------------------------------------------------

reply<client_ref>::promise supervisor::on_add(const add_child& x) {
  registry_handle owner{caf::actor_cast<caf::actor>(current_sender())};
  auto later = promise<client_ref>();
  auto [i, fresh] = children_.try_emplace(
    x.spec->name,
    child{x.spec, 0, owner, {}, {}, {}, restart_history{x.spec->restart}});
  if (!fresh) {
    later.deliver(
      answer<client_ref>{failure{errc::invalid_argument, fate::not_sent,
                                 x.spec->name + " exists already"}});
    return later;
  }
  i->second.incarnation = incarnations_before_;
  spawn_client(i->second, start_reason::commanded);
  later.deliver(answer<client_ref>{client_ref{x.spec->name, i->second.client}});
  return later;
}

void supervisor::spawn_client(child& x, start_reason first) {
  x.spec_version = 0;
  x.client = spawn_handle<client>(
    *this, client_options{x.spec, supervisor_handle{me()}, monitor_,
                          input_handlers_.of(x.spec->name), first, identity_,
                          x.owner});
  watch(x.client, [this, name = x.spec->name, which = x.client->address()](
                    const caf::error&) { on_client_down(name, which); });
}

/// Clients made later get it as well.
void supervisor::set_handler(const set_input_handler& x) {
  auto& named = input_handlers_.by_server;
  if (x.server.empty())
    input_handlers_.otherwise = x.handler;
  else
    named[x.server] = x.handler;
  for (auto& [name, c] : children_)
    if (x.server.empty() ? named.count(name) == 0 : name == x.server)
      tell(this, c.client, new_input_handler{x.handler});
}

/// It was not told to end (then it would have been removed): a crash.
void supervisor::on_client_down(const std::string& name,
                                const caf::actor_addr& which) {
  auto c = find(name);
  if (c == nullptr || c->client->address() != which)
    return;
  c->wanted = false;
  c->next.reset();
  ++c->epoch;
  c->orphaned = static_cast<bool>(c->transport);
  if (!c->transport)
    gate_.on_gone(name);
  spawn_client(*c, start_reason::recreated);
  tell(this, c->owner, child_replaced{{name, c->client}});
}

void supervisor::on_remove(const std::string& name) {
  gate_.on_gone(name);
  if (auto c = find(name)) {
    incarnations_before_ = std::max(incarnations_before_, c->incarnation);
    children_.erase(name);
  }
  open_gate();
}

// -- starting -----------------------------------------------------------------

void supervisor::on_requested(const start_requested& x) {
  auto c = find(x.name);
  if (c == nullptr)
    return;
  if (x.spec->restart != c->spec->restart)
    c->history.adopt(x.spec->restart);
  c->spec = x.spec;
  c->spec_version = x.spec_version;
  if (x.why == start_reason::call) {
    auto now = time_now();
    auto& last = c->last_try_for_call;
    if (last && now - *last < defaults::degraded_call_try_every)
      return;
    last = now;
  }
  if (!c->transport)
    want(*c, x.why);
  else if (is_after(*c, x)) {
    c->wanted = true;
    ++c->epoch;
    c->next = x.why; // its end is on its way
  }
}

/// Whether another transport is wanted than the current one. If not, the
/// request crossed the grant that fulfils it.
bool supervisor::is_after(const child& x, const start_requested& request) {
  return x.orphaned || request.met == x.incarnation
         || request.spec_version != x.granted_version;
}

/// What killed the client may well be what its server said. The process was
/// ended by us: its status says nothing.
static stop_report crash_of(uint64_t incarnation) {
  stop_report how;
  how.incarnation = incarnation;
  how.why = errc::client_down;
  how.text = "its client ended";
  return how;
}

void supervisor::want(child& x, start_reason why) {
  x.wanted = true;
  ++x.epoch; // cancels a restart that is due
  if (why == start_reason::recreated)
    return judge(x, crash_of(x.incarnation));
  if (why == start_reason::commanded)
    x.history.on_command();
  else if (why == start_reason::retry_mute)
    x.history.forgive();
  ask_gate(x, why == start_reason::commanded);
}

void supervisor::ask_gate(child& x, bool commanded) {
  auto now = time_now();
  auto asked = gate_.ask(x.spec->name, commanded, now);
  failure why{errc::overloaded, fate::not_sent, {}};
  if (asked.what == spawn_gate::outcome::too_early) {
    ++refused_starts_;
    auto delay = std::chrono::ceil<milliseconds>(asked.retry_at - now);
    why.text = x.spec->name + " was started too often";
    announce(x, {phase::backoff, delay, std::move(why)});
    restart_after(x, delay);
    return;
  }
  open_gate();
  if (gate_.waits(x.spec->name))
    tell_waiting(x);
}

void supervisor::open_gate() {
  while (auto name = gate_.next())
    if (auto c = find(*name))
      start(*c);
  if (std::exchange(told_, gate_.blocked_by()) != gate_.blocked_by())
    tell_waiting();
}

void supervisor::tell_waiting() {
  for (auto& name : gate_.queue())
    if (auto c = find(name))
      tell_waiting(*c);
}

void supervisor::tell_waiting(child& x) {
  failure why{errc::overloaded, fate::not_sent, {}};
  switch (gate_.blocked_by()) {
    case spawn_gate::obstacle::none: return;
    case spawn_gate::obstacle::crowded:
      why.text = std::to_string(gate_.live()) + " of "
                 + std::to_string(gate_.limits().live_max)
                 + " servers are running; queued for a slot";
      break;
    case spawn_gate::obstacle::busy:
      why.text = std::to_string(gate_.starting())
                 + " servers are starting; queued for a turn";
      break;
  }
  tell(this, x.client, start_queued{std::move(why)});
}

/// What a transport's exit reason proves.
static stop_report report_of(const caf::error& why, uint64_t incarnation) {
  stop_report how;
  how.why = errc::internal_error;
  how.text = "the transport's actor failed: " + to_text(why);
  how.left = proof::best_effort;
  if (auto carried = carried_by<stop_report>(why))
    how = *carried;
  how.incarnation = incarnation;
  return how;
}

/// An exception here is a failed start of that server only.
transport_ptr supervisor::make_transport(const shared_spec& spec) {
  transport_ptr result;
  auto what = guarded([&] { result = make_transport_(spec); });
  if (!what)
    return result;
  return make_failed_transport(
    {errc::internal_error, fate::not_sent,
     "its transport could not be made: " + what->type});
}

void supervisor::start(child& x) {
  auto transport = make_transport(x.spec);
  if (!transport) {
    gate_.on_gone(x.spec->name);
    announce(x, {phase::failed,
                 {},
                 {errc::invalid_spec, fate::not_sent,
                  x.spec->transport == "pipe"
                    ? "no in-process server is called '" + x.spec->command + "'"
                    : "no transport of kind '" + x.spec->transport + "'"}});
    return;
  }
  ++x.incarnation;
  x.granted_version = x.spec_version;
  x.place = dialect_place(x.spec);
  auto known =
    x.place ? dialects_.recall(*x.place, time_now()) : known_dialect::unknown;
  x.last_end.clear();
  x.history.on_start();
  x.life = {time_now(), {}, false};
  x.transport = spawn_handle<transport_actor>(
    *this, transport_actor_options{x.client, monitor_, x.incarnation,
                                   std::move(transport)});
  watch(x.transport,
        [this, name = x.spec->name, owner = x.owner, n = x.incarnation,
         which = x.transport->address()](const caf::error& why) {
          auto how = report_of(why, n);
          if (!is_clean(how.left))
            tell(this, owner, unclean_end{name, how});
          // Not for an earlier server of that name.
          auto c = find(name);
          if (c && c->transport && c->transport->address() == which)
            on_transport_down(*c, how);
        });
  tell(this, x.client,
       start_granted{x.incarnation, x.history.restarts(), x.transport,
                     x.granted_version, known});
}

void supervisor::on_learnt(const dialect_learnt& x) {
  auto c = find(x.name);
  if (c != nullptr && c->incarnation == x.incarnation && c->place)
    dialects_.learn(*c->place, x.what, time_now());
}

// -- ending -------------------------------------------------------------------

void supervisor::on_transport_down(child& x, const stop_report& how) {
  x.transport = nullptr;
  gate_.on_gone(x.spec->name);
  x.orphaned = false;
  x.last_end = {how};
  if (x.cancelling)
    return cancel(x);
  auto ours = how.why == errc::closed || how.why == errc::reloaded
              || how.why == errc::client_down
              || how.why == errc::auth_required; // parked until it is told
  auto next = std::exchange(x.next, std::nullopt);
  if (next == start_reason::retry_mute)
    x.history.on_end(x.life, how, time_now(), random_unit());
  if (next)
    want(x, *next);
  else if (x.wanted && !ours)
    judge(x, how);
  open_gate();
}

void supervisor::judge(child& x, const stop_report& how) {
  using kind = restart_verdict::kind;
  auto verdict = x.history.on_end(x.life, how, time_now(), random_unit());
  x.life = {}; // judged once
  start_verdict word{phase::failed, verdict.delay,
                     failure{how.why, fate::not_sent, how.text}, x.incarnation};
  switch (verdict.what) {
    case kind::none: // the spec's restart_type says so
    case kind::failed: return announce(x, std::move(word));
    case kind::degraded: word.next = phase::degraded; break;
    case kind::restart: word.next = phase::backoff; break;
  }
  announce(x, std::move(word));
  restart_after(x, verdict.delay);
}

void supervisor::restart_after(child& x, milliseconds delay) {
  tell_after(this, supervisor_handle{me()}, delay,
             restart_due{x.spec->name, ++x.epoch});
}

void supervisor::on_due(const restart_due& x) {
  auto c = find(x.name);
  if (c != nullptr && c->epoch == x.epoch && c->wanted && !c->transport)
    ask_gate(*c, false);
}

void supervisor::on_withdrawn(const std::string& name) {
  auto c = find(name);
  if (c == nullptr)
    return;
  c->wanted = false;
  c->next.reset();
  ++c->epoch;
  // The new client needs the old transport's proof.
  if (c->orphaned)
    c->cancelling = true;
  else
    cancel(*c);
}

void supervisor::cancel(child& x) {
  x.cancelling = false;
  if (!x.transport)
    gate_.on_gone(x.spec->name);
  tell(this, x.client, start_cancelled{x.last_end});
  open_gate();
}

void supervisor::announce(child& x, start_verdict what) {
  tell(this, x.client, std::move(what));
}

supervisor::child* supervisor::find(const std::string& name) {
  auto i = children_.find(name);
  return i == children_.end() ? nullptr : &i->second;
}

double supervisor::random_unit() {
  return std::uniform_real_distribution<double>{0, 1}(random_);
}

} // namespace troupe
