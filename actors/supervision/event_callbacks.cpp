#include "troupe/actors/supervision/event_callbacks.hpp"

#include "troupe/actors/type_ids.hpp"

namespace troupe {

struct event_callbacks::functions {
  std::function<void(const client_event&)> on_event;
  std::function<void(const diagnostic&)> on_diagnostic;

  void operator()(const client_event& x) const {
    if (on_event)
      on_event(x);
  }
  void operator()(const diagnostic& x) const {
    if (on_diagnostic)
      on_diagnostic(x);
  }
};

event_callbacks::event_callbacks(caf::actor_config& config,
                                 event_callback_options options)
  : actor_base(config), monitor_(std::move(options.monitor)),
    pool_(std::move(options.pool)), owner_(pool_->join()),
    functions_(new functions{std::move(options.on_event),
                             std::move(options.on_diagnostic)}) {
  // nop
}

caf::message_handler event_callbacks::handlers() {
  tell(this, monitor_, member_joined{{}, me()});
  return table_of<event_callbacks>(
    [this](client_event& x) { on_event(std::move(x)); },
    [this](diagnostic& x) { on_event(std::move(x)); },
    [this](const callback_returned& x) { on_returned(x); },
    [this](const get_status&) {
      return status(std::to_string(waiting_.size()) + " events wait");
    });
}

void event_callbacks::on_stop() {
  waiting_.clear();
  monitor_ = nullptr;
  functions_.reset();
}

void event_callbacks::on_exit_msg(const caf::actor_addr&, const caf::error&) {
  ending_ = true;
  if (!running_)
    quit();
}

void event_callbacks::on_event(event x) {
  waiting_.push_back({std::move(x), take_receipt()});
  if (!running_)
    run_next();
}

/// The functions live as long as this turn, whatever becomes of the actor.
void event_callbacks::run_next() {
  running_ = true;
  auto turn = [to = address(), f = functions_, x = waiting_.front().what] {
    callback_returned result;
    try {
      std::visit(*f, x);
    } catch (...) {
      result.threw = true;
    }
    if (event_callbacks_handle live{caf::actor_cast<caf::actor>(to)})
      tell_anon(live, result);
  };
  if (pool_->run_owed(owner_, std::move(turn)) == 0) // it has ended
    quit();
}

void event_callbacks::on_returned(const callback_returned& x) {
  if (x.threw && !std::exchange(reported_, true))
    tell(this, monitor_,
         diagnostic{{},
                    0,
                    diagnostic::kind::embedder_fault,
                    "a function for events threw an exception; events go on, "
                    "and later exceptions are not reported"});
  waiting_.front().taken.deliver();
  waiting_.pop_front();
  running_ = false;
  if (!waiting_.empty())
    run_next();
  else if (ending_)
    quit();
}

} // namespace troupe
