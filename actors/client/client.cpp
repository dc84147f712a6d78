#include "troupe/actors/client/client.hpp"

#include "troupe/actors/answers.hpp"
#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/actors/type_ids.hpp"

namespace troupe {

/// Agents keep handles to a client that has ended: what they send is for the
/// client that the server has then.
static actor_base::redirect_fn redirect_by_name(std::string name,
                                                caf::actor_addr from) {
  return [name = std::move(name), from = std::move(from)](
           caf::message what, const failure& why) -> caf::message {
    if (!may_go_to_successor(what))
      return {};
    return caf::make_message(redirected{name, from, why, std::move(what)});
  };
}

client::client(caf::actor_config& config, client_options options)
  : actor_base(config), spec_(std::move(options.spec)),
    supervisor_(std::move(options.supervisor)),
    monitor_(std::move(options.monitor)), life_(spec_),
    callers_(
      [this](const caf::strong_actor_ptr& who) {
        auto where = caf::actor_cast<caf::actor_addr>(who);
        return watch(
          caf::actor_cast<caf::actor>(who),
          [this, where](const caf::error&) { on_caller_down(where); });
      },
      [this](const caf::actor_addr& who, uint64_t which) {
        unwatch(who, which);
      }),
    book_(spec_), catalog_(wire_of(spec_) != wire_kind::lines),
    handler_(std::move(options.handler)) {
  plan_.reason = options.first_start;
  if (options.registry)
    redirect_after_end(options.registry->address(),
                       redirect_by_name(spec_->name, address()));
  plan_.client = std::move(options.client);
}

caf::message_handler client::handlers() {
  // Without its supervisor it would not be restarted or counted: the client
  // ends, and by the link so does its transport.
  watch(supervisor_, [this](const caf::error& why) { quit(why); });
  tell(this, monitor_, member_joined{spec_->name, me()});
  watch_handler(handler_.latest());
  // Requests that waited in the mailbox together are written together.
  after_each_message([this] {
    if (connection_)
      connection_->message_handled(mailbox_depth());
  });
  return table_of<client>(
// Every request of MCP, and every list.
#define TROUPE_ROW(message, ...)                                               \
  [this](const message& x) { return on_request(x); },
#define TROUPE_LIST(message, list)                                             \
  [this](const message& x) { return on_list<list>(x.refresh); },
    TROUPE_REQUESTS(TROUPE_ROW) TROUPE_LISTS(TROUPE_LIST)
#undef TROUPE_LIST
#undef TROUPE_ROW
      [this](inbound_frames & x) { on_frames(x); },
    [this](inbound_exchange& x) { on_exchange(x); },
    [this](const cancel_call& x) { on_cancel(x.tag); },
    [this](const ensure_ready& x) { return on_ensure_ready(x); },
    [this](const reload& x) { return on_reload(x); },
    [this](const close_client& x) { return on_close(x); },
    [this](const get_status&) {
      return answer<client_status>{current_status()};
    },
    [this](const start_granted& x) { on_granted(x); },
    [this](const start_queued& x) { on_queued(x); },
    [this](const start_verdict& x) { on_verdict(x); },
    [this](const start_cancelled& x) { on_cancelled(x); },
    [this](const credentials_changed&) {
      plan_.fresh_credentials = true;
      on_credentials();
    },
    [this](const transport_up& x) { on_up(x); },
    [this](const transport_fault& x) {
      if (x.incarnation == life_.facts().incarnation)
        on_connection_lost(x.why, x.text);
    },
    [this](const transport_remark& x) {
      if (x.incarnation == life_.facts().incarnation)
        remark(x.what, x.text);
    },
    [this](const transport_ended& x) { on_ended(x); },
    [this](const new_input_handler& x) { set_handler(x.handler); },
    [this](const runtime_stopping&) {
      life_.stop_with_runtime();
      end_with(life_.closed());
    },
    [this](const client_tick& x) { on_tick(x.epoch); },
    [this](const words_due&) { on_words_due(); });
}

// A transport that ends without `transport_ended` has a bug; its exit reason
// may still carry the proof.
void client::on_exit_msg(const caf::actor_addr& source, const caf::error& why) {
  if (transport_ && source == transport_->address()) {
    transport_ended word;
    if (auto report = carried_by<stop_report>(why))
      word.report = *report;
    else {
      word.report.why = errc::internal_error;
      word.report.left = proof::best_effort;
    }
    word.report.incarnation = life_.facts().incarnation;
    on_ended(word);
    return;
  }
  // Not the exit message of a transport that has reported its end, and not
  // the good end of an agent that linked to us.
  if (why != caf::none && carried_by<stop_report>(why) == nullptr)
    quit(why);
}

caf::message client::refused_status(failure why) const {
  return caf::make_message(answer<client_status>{std::move(why)});
}

void client::on_stop() {
  failure why{errc::client_down, fate::not_sent, "the client ended"};
  auto unsent = connection_ ? connection_->close() : std::vector<uint64_t>{};
  end_requests(why, unsent);
  refuse_all(why);
  auto last = life_.facts().last_stop;
  if (transport_) { // it ends by the link, and its proof is not heard
    last.why = errc::client_down;
    last.text = "the client ended before its server";
    last.left = proof::best_effort;
  }
  for (auto& waiter : std::exchange(close_waiters_, {}))
    waiter.deliver(last);
  connection_.reset();
  searches_.clear();
  handler_.clear();
  tell_all(life_.release());
  tell(this, monitor_, member_left{spec_->name, address()});
  transport_ = nullptr;
  supervisor_ = nullptr;
  monitor_ = nullptr;
}

} // namespace troupe
