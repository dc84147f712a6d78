#pragma once

#include "troupe/actors/actor_base.hpp"
#include "troupe/actors/internal_messages.hpp"
#include "troupe/actors/never_blocks.hpp"

#include "troupe/transports/io/callback_pool.hpp"

#include <deque>
#include <functional>
#include <variant>

namespace troupe {

struct event_callback_options {
  monitor_handle monitor;
  callback_pool_ptr pool;
  /// Each may be empty.
  std::function<void(const client_event&)> on_event;
  std::function<void(const diagnostic&)> on_diagnostic;
};

/// Passes what the monitor tells to functions of the embedder's, in order, one
/// at a time, on the pool for callbacks. An event counts as taken when its
/// function has returned: so the monitor's bound for slow observers holds for
/// functions as well. Told to end, it first passes on what it has.
class event_callbacks : public actor_base, public never_blocks {
public:
  event_callbacks(caf::actor_config& config, event_callback_options options);

  const char* name() const override {
    return "troupe.event_callbacks";
  }

protected:
  caf::message_handler handlers() override;
  void on_stop() override;
  void on_exit_msg(const caf::actor_addr& source,
                   const caf::error& why) override;

private:
  using event = std::variant<client_event, diagnostic>;
  struct entry {
    event what;
    receipt taken;
  };
  struct functions;

  void on_event(event x);
  void run_next();
  void on_returned(const callback_returned& x);

  monitor_handle monitor_;
  callback_pool_ptr pool_;
  uint64_t owner_; // in the pool
  std::shared_ptr<const functions> functions_;
  std::deque<entry> waiting_; // the first one runs; the monitor bounds it
  bool running_ = false;
  bool ending_ = false;
  bool reported_ = false; // one function has thrown
};

} // namespace troupe
