#include "troupe/actors/runtime.hpp"

#include "troupe/actors/blocking.hpp"
#include "troupe/actors/config.hpp"
#include "troupe/actors/pool_scheduler.hpp"
#include "troupe/actors/supervision/event_callbacks.hpp"
#include "troupe/actors/supervision/monitor.hpp"
#include "troupe/actors/supervision/registry.hpp"
#include "troupe/actors/supervision/supervisor.hpp"
#include "troupe/actors/supervision/transport_kinds.hpp"
#include "troupe/actors/type_ids.hpp"

#include <optional>
#include <stdexcept>

namespace troupe {

struct runtime::parts {
  caf::actor_system& system;
  monitor_handle monitor;
  supervisor_handle supervisor;
  registry_handle registry;
  std::shared_ptr<transport_kinds> kinds;
  /// Empty where no callback is to hear of events.
  event_callbacks_handle events;
  std::optional<stop_all_report> stopped;
  failure problem;
};

/// Clients that wait for credentials are found by their supervisor. A weak
/// handle: a source may outlive the runtime.
static credential_bindings::changed_fn
tell_changes_to(const supervisor_handle& to) {
  return [to = to->address()](const std::string& origin) {
    if (supervisor_handle live{caf::actor_cast<caf::actor>(to)})
      tell_anon(live, credentials_changed{origin});
  };
}

static caf::actor_system& checked(caf::actor_system& x) {
  if (!is_configured(x))
    throw std::logic_error("troupe: the actor system's configuration was not "
                           "given to troupe::configure");
  return x;
}

/// The servers run all the same.
static failure problem_with(const implementation& client) {
  auto fault = fault_of(client);
  if (fault.empty())
    return {};
  return {errc::invalid_argument, fate::not_sent,
          "runtime_options::client: its " + fault
            + "; servers are told the library's name"};
}

runtime::runtime(caf::actor_system& system, runtime_options options)
  : parts_(new parts{checked(system), {}, {}, {}, {}, {}, {}, {}}) {
  thread_visit visit{system};
  auto kinds = std::make_shared<transport_kinds>(transport_options{
    options.warden, std::move(options.pipes), std::move(options.credentials),
    options.http_calls_max, options.http_streams_max, pool_of(system)});
  auto& p = *parts_;
  p.kinds = kinds;
  p.problem = kinds->problem();
  if (!p.problem)
    p.problem = problem_with(options.client);
  p.monitor = spawn_handle<troupe::monitor>(
    system, monitor_options{[kinds] {
      return host_facts{kinds->warden_pid(), kinds->warden_restarts()};
    }});
  if (options.on_event || options.on_diagnostic) {
    p.events = spawn_handle<event_callbacks>(
      system, event_callback_options{p.monitor, kinds->callbacks(),
                                     std::move(options.on_event),
                                     std::move(options.on_diagnostic)});
    tell_as(p.events, p.monitor, observe_diagnostics{}); // before any event
  }
  p.supervisor = spawn_handle<troupe::supervisor>(
    system,
    supervisor_options{p.monitor,
                       [kinds](const shared_spec& x) { return kinds->make(x); },
                       options.starts, 0, std::move(options.handlers),
                       client_or_default(std::move(options.client))});
  kinds->on_credentials_changed(tell_changes_to(p.supervisor));
  p.registry = spawn_handle<troupe::registry>(
    system, registry_options{p.supervisor, p.monitor});
}

runtime::~runtime() {
  stop();
}

caf::actor_system& runtime::system() {
  return parts_->system;
}

answer<client_ref> runtime::open(server_spec spec) {
  return ask(registry(), open_client{std::move(spec)});
}

const failure& runtime::problem() const {
  return parts_->problem;
}

const registry_handle& runtime::registry() const {
  return parts_->registry;
}

const monitor_handle& runtime::monitor() const {
  return parts_->monitor;
}

void runtime::set_handler(std::string server, input_handler x) {
  tell_anon(parts_->registry,
            set_input_handler{std::move(server), std::move(x)});
}

/// What is told to each comes before the exit in its mailbox.
void runtime::end_events() {
  auto& p = *parts_;
  caf::anon_send_exit(caf::actor{p.monitor}, caf::exit_reason::user_shutdown);
  wait_until_down(p.system, {p.monitor}, defaults::status_timeout);
  if (!p.events)
    return;
  caf::anon_send_exit(p.events, caf::exit_reason::user_shutdown);
  wait_until_down(p.system, {p.events}, defaults::callback_stop_grace);
}

stop_all_report runtime::stop() {
  auto& p = *parts_;
  if (p.stopped)
    return *p.stopped;
  stop_all_report report;
  // The registry answers within the longest grace of its servers. This bound is
  // only for a registry that is broken.
  std::chrono::milliseconds most = 2 * defaults::configured_time_max
                                   + defaults::guard_answer_margin
                                   + defaults::status_timeout;
  auto asked = ask(p.registry, stop_all{}, most);
  if (asked.ok())
    report = std::move(asked.value);
  // Clients and registry end with their supervisor.
  exit_now(p.supervisor, caf::exit_reason::user_shutdown);
  wait_until_down(p.system, {p.supervisor, p.registry},
                  defaults::status_timeout);
  end_events();
  p.kinds->on_credentials_changed(nullptr);
  p.kinds->end_callbacks();
  p.stopped = report;
  return report;
}

} // namespace troupe
