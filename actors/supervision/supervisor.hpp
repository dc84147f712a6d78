#pragma once

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/input_handlers.hpp"
#include "troupe/actors/internal_messages.hpp"
#include "troupe/actors/never_blocks.hpp"
#include "troupe/actors/supervision/dialect_memory.hpp"
#include "troupe/actors/supervision/restart_history.hpp"
#include "troupe/actors/supervision/spawn_gate.hpp"
#include "troupe/messages/client_identity.hpp"

#include <functional>
#include <map>
#include <optional>
#include <random>

namespace troupe {

/// Makes the transport for a spec; null where its kind is unknown.
using transport_maker = std::function<transport_ptr(const shared_spec&)>;

struct supervisor_options {
  monitor_handle monitor;
  transport_maker make_transport;
  spawn_limits limits;
  /// Seeds the jitter; 0: at random.
  uint64_t seed = 0;
  /// The actors that answer requests of servers.
  input_handlers handlers{};
  /// What servers are told of their client.
  implementation client = default_client();
};

/// Restarts what fails: spawns the transport for a client, watches it, and on
/// its end decides by policy. Knows nothing of MCP. Keeps the history of each
/// server by name, so that it outlives clients and transports, and the dialect
/// that was learnt at each origin; every start passes the one gate. Clients
/// that crash are made anew, and that counts as a failure of their server.
class supervisor : public actor_base, public never_blocks {
public:
  supervisor(caf::actor_config& config, supervisor_options options);

  const char* name() const override {
    return "troupe.supervisor";
  }

protected:
  caf::message_handler handlers() override;
  void on_stop() override;

private:
  using time_point = server_life::time_point;

  struct child {
    shared_spec spec;
    uint64_t spec_version = 0; // as its client counts
    registry_handle owner;     // who asked for it; told of a new client
    client_handle client;
    transport_handle transport;
    server_life life;
    restart_history history;
    uint64_t incarnation = 0;
    uint64_t granted_version = 0;  // the spec's, of that incarnation
    std::optional<http_url> place; // to share its dialect, of that incarnation
    uint64_t epoch = 0;            // of the restart that is due
    bool wanted = false;
    /// The transport is that of a client that died.
    bool orphaned = false;
    bool cancelling = false; // the new client waits for that transport's end
    std::vector<stop_report> last_end; // of the last transport, or none
    std::optional<start_reason> next;  // wanted before the last end was seen
    std::optional<time_point> last_try_for_call;
  };

  reply<client_ref>::promise on_add(const add_child& x);
  void spawn_client(child& x, start_reason first);
  void on_client_down(const std::string& name, const caf::actor_addr& which);
  void on_requested(const start_requested& x);
  static bool is_after(const child& x, const start_requested& request);
  void want(child& x, start_reason why);
  void ask_gate(child& x, bool commanded);
  void open_gate();
  void tell_waiting();
  void tell_waiting(child& x);
  transport_ptr make_transport(const shared_spec& spec);
  void start(child& x);
  void on_transport_down(child& x, const stop_report& how);
  void judge(child& x, const stop_report& how);
  void restart_after(child& x, milliseconds delay);
  void on_due(const restart_due& x);
  void on_learnt(const dialect_learnt& x);
  void on_withdrawn(const std::string& name);
  void cancel(child& x);
  void on_remove(const std::string& name);
  void on_credentials(const credentials_changed& x);
  void announce(child& x, start_verdict what);
  void set_handler(const set_input_handler& x);
  child* find(const std::string& name);
  double random_unit();

  transport_maker make_transport_;
  input_handlers input_handlers_;
  implementation identity_; // of all clients
  spawn_gate gate_;
  spawn_gate::obstacle told_ = spawn_gate::obstacle::none; // to queued clients
  std::mt19937_64 random_;
  std::map<std::string, child> children_;
  dialect_memory dialects_;
  monitor_handle monitor_;
  /// The highest incarnation of all servers that were removed. Those that are
  /// added count on from it, so that no event of an earlier server of a name
  /// passes for one of the next.
  uint64_t incarnations_before_ = 0;
  uint64_t refused_starts_ = 0;
};

} // namespace troupe
