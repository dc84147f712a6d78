#include "troupe/tools/troupe/cli_actors.hpp"

#include "troupe/actors/type_ids.hpp"

namespace troupe::cli {

// -- caller -------------------------------------------------------------------

caller::caller(caf::actor_config& config, registry_handle registry,
               std::string server, call_tool what, then_fn then,
               progress_fn on_progress)
  : actor_base(config), registry_(std::move(registry)),
    server_(std::move(server)), what_(std::move(what)), then_(std::move(then)),
    on_progress_(std::move(on_progress)) {
  what_.tag = 1;
}

// The client must know this actor as the caller, or it would not let us cancel.
caf::message_handler caller::handlers() {
  ask(this, registry_, find_client{server_})
    .then([this](answer<client_ref>& x) { on_found(x); });
  return table(
    [this](const cancel_call& x) {
      if (client_)
        tell(this, client_, x);
      else // it was not sent yet, and will not be
        end(failure{errc::cancelled, fate::not_sent, "cancelled"});
    },
    [this](const call_progress& x) {
      if (on_progress_)
        on_progress_(x);
    },
    [this](const get_status&) { return status("calls " + server_); });
}

void caller::on_stop() {
  registry_ = nullptr;
  client_ = nullptr;
  end(failure{errc::runtime_stopped,
              fate::outcome_unknown,
              "the program is ending",
              0,
              {}});
}

void caller::on_found(answer<client_ref>& x) {
  if (!then_) // cancelled meanwhile
    return;
  if (!x.ok())
    return end(std::move(x.error));
  client_ = x.value.handle;
  ask(this, client_, std::move(what_)).then([this](answer<call_tool_result> y) {
    end(std::move(y));
  });
}

void caller::end(answer<call_tool_result> x) {
  if (auto then = std::exchange(then_, nullptr)) {
    then(std::move(x));
    quit();
  }
}

// -- observer -----------------------------------------------------------------

observer::observer(caf::actor_config& config, monitor_handle monitor,
                   std::shared_ptr<event_feed> feed, std::function<void()> wake)
  : actor_base(config), monitor_(std::move(monitor)), feed_(std::move(feed)),
    wake_(std::move(wake)) {
  // nop
}

caf::message_handler observer::handlers() {
  tell(this, monitor_, observe{});
  watch(monitor_, [this](const caf::error&) { quit(); });
  return table([this](const client_event& x) { put(x); },
               [this](const diagnostic& x) { put(x); },
               [this](const get_status&) { return status("watches"); });
}

void observer::on_stop() {
  monitor_ = nullptr;
}

void observer::put(event_feed::event x) {
  if (feed_->put(std::move(x)))
    wake_();
}

} // namespace troupe::cli
