#pragma once

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/internal_messages.hpp"
#include "troupe/actors/never_blocks.hpp"

namespace troupe {

struct transport_actor_options {
  client_handle client;
  monitor_handle monitor;
  uint64_t incarnation = 0;
  transport_ptr transport;
};

/// The owner of one connection: a process, or what else a `transport` holds.
/// Linked to its client, it dies with it, whatever the reason; it ends only
/// after what it owns is gone, and its exit reason carries the proof
/// (`stop_report`). Frames do not pass through it.
class transport_actor : public actor_base, public never_blocks {
public:
  transport_actor(caf::actor_config& config, transport_actor_options options);
  ~transport_actor() override;

  const char* name() const override {
    return "troupe.transport";
  }

protected:
  caf::message_handler handlers() override;
  void on_stop() override;
  void on_exit_msg(const caf::actor_addr& source,
                   const caf::error& why) override;

private:
  void open();
  void on_ended(transport_ended& x);

  client_handle client_;
  monitor_handle monitor_;
  uint64_t incarnation_;
  transport_ptr transport_;
  bool opened_ = false;
};

} // namespace troupe
