#pragma once

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/internal_messages.hpp"
#include "troupe/actors/never_blocks.hpp"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace troupe {

/// Facts that no actor knows: read on the monitor's worker, must not block.
struct host_facts {
  int32_t warden_pid = 0;
  uint64_t warden_restarts = 0;
};

struct monitor_options {
  std::function<host_facts()> facts;
};

/// Knows all actors that live, passes on their events, and answers `get_tree`.
/// A slow observer has at most `defaults::events_max` events in flight; beyond
/// that it gets only the newest event of each server, and no diagnostics.
class monitor : public actor_base, public never_blocks {
public:
  monitor(caf::actor_config& config, monitor_options options);

  const char* name() const override {
    return "troupe.monitor";
  }

protected:
  caf::message_handler handlers() override;
  void on_stop() override;
  void on_exit_msg(const caf::actor_addr& source,
                   const caf::error& why) override;

private:
  struct member {
    std::string server; // empty: no client
    caf::actor who;
    /// What it said of itself last; null: nothing yet.
    std::unique_ptr<client_status> last;
  };

  /// An observer, and how far it has taken what it was sent.
  struct observer {
    caf::actor who;
    uint64_t number = 0; // counts all observers that there were
    uint64_t watch = 0;
    bool diagnostics = false; // it gets them as well
    size_t open = 0;          // sent, and not taken
    /// To be sent when there is room: the newest event of each server.
    std::map<std::string, client_event> late;
  };

  struct picture;

  void on_joined(const member_joined& x);
  void on_observe(const caf::actor& who, bool diagnostics);
  void on_unobserve();
  reply<tree_status>::promise on_get_tree();
  void question(member& x, const std::shared_ptr<picture>& into);
  client_status last_of(const caf::actor_addr& where,
                        const std::string& name) const;

  void publish(const client_event& x);
  void publish(const diagnostic& x);
  template <class Message>
  void show(observer& to, Message x);
  void on_taken(const caf::actor_addr& by, uint64_t number);

  std::function<host_facts()> facts_;
  std::chrono::steady_clock::time_point since_;
  std::map<caf::actor_addr, member> members_;
  std::map<caf::actor_addr, observer> observers_;
  uint64_t last_observer_ = 0;
  uint64_t unseen_ = 0; // diagnostics that were dropped for slow observers
};

} // namespace troupe
