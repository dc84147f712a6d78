#pragma once

#include "troupe/actors/internal_messages.hpp"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace troupe {

/// What is not an actor's to know: asked on the monitor's worker, must not
/// block.
struct host_facts {
  int32_t warden_pid = 0;
  uint64_t warden_restarts = 0;
};

struct monitor_options {
  std::function<host_facts()> facts;
};

/// Knows who lives, passes on what they tell, and makes the picture of the
/// whole tree. An observer that is slow is told `defaults::events_max` things
/// ahead; beyond that it hears only how each server's moves came out, and no
/// diagnostics.
class monitor : public actor_base {
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

  /// Whoever wants to hear of everything, and has not taken all of it yet.
  struct observer {
    caf::actor who;
    uint64_t number = 0; // of all that there ever were
    uint64_t watch = 0;
    bool diagnostics = false; // it hears of them as well
    size_t open = 0;          // told, and not taken
    /// For it to hear when there is room: each server's newest.
    std::map<std::string, client_event> late;
  };

  struct picture;

  void on_joined(const member_joined& x);
  void on_observe(bool diagnostics);
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
  uint64_t unseen_ = 0; // diagnostics, for want of room
};

} // namespace troupe
