#include "troupe/actors/client/client.hpp"

#include "troupe/actors/type_ids.hpp"

#include <variant>

namespace troupe {

void client::on_frames(inbound_frames& x) {
  if (x.incarnation != incarnation_ || !session_)
    return; // of a connection that is no more
  untaken_ += inbound_window::cost(x.frames) + x.empty_lines;
  session_->on_frames(std::move(x.frames), time_now(), events_);
  charge(x.empty_lines * defaults::empty_line_bytes);
  settle();
  taken();
}

void client::on_exchange(inbound_exchange& x) {
  if (x.incarnation != incarnation_ || !session_)
    return; // of a connection that is no more
  auto idle = x.news.idle_bytes;
  untaken_ += inbound_window::cost(x.news.frames) + idle;
  session_->on_exchange(std::move(x.news), time_now(), events_);
  charge(idle);
  settle();
  taken();
}

void client::taken() {
  if (!window_)
    return; // frames may come before the window: it is told with the next
  if (auto cost = std::exchange(untaken_, 0); cost > 0)
    window_->take(cost);
}

/// Does what the session has said, which may make it say more, and lets waiting
/// calls take the places that became free.
void client::settle() {
  if (settling_)
    return;
  settling_ = true;
  words_.begin_turn();
  do {
    for (size_t i = 0; i < events_.size(); ++i) {
      auto event = std::move(events_[i]);
      words_.redact(event);
      std::visit([this](auto& x) { on_event(x); }, event);
    }
    events_.clear();
    pump();
  } while (!events_.empty());
  settling_ = false;
  if (phase_.now() == phase::draining && calls_.empty())
    after_drain();
  arm();
}

/// Why the outbox did not take a message of ours.
static failure refusal_of(errc why, const server_spec& spec) {
  switch (why) {
    case errc::overloaded:
      return {why, fate::not_sent, spec.name + " takes no more"};
    case errc::too_large: // that would be the server's
      return {errc::invalid_argument, fate::not_sent,
              "the request is larger than limits.frame_bytes_max allows ("
                + std::to_string(spec.limits.frame_bytes_max) + " bytes)"};
    default: return {why, fate::not_sent, std::string{explain(why)}};
  }
}

void client::on_event(send_frame& x) {
  if (auto i = calls_.find(x.ticket); x.continues && i != calls_.end())
    i->second.so_far = fate::outcome_unknown;
  if (!outbox_)
    return;
  auto refused =
    x.order ? outbox_->push(std::move(x.frame), x.ticket, std::move(x.order))
            : outbox_->push(std::move(x.frame), x.ticket);
  if (refused == errc::none)
    return;
  auto listing = lists(x.ticket);
  if (!listing && calls_.count(x.ticket) == 0)
    return; // a handshake that cannot be sent ends with its connection
  session_->forget(x.ticket);
  auto why = refusal_of(refused, spec_);
  if (listing)
    return end_list(x.ticket, why);
  end_call(x.ticket, why);
}

void client::on_event(drop_exchange& x) {
  if (outbox_)
    outbox_->abandon(x.id);
}

void client::on_event(session_established& x) {
  learn(x.dialect);
  status_.protocol_version = x.version;
  status_.server = std::move(x.server);
  status_.instructions = std::move(x.instructions);
  status_.last_error = errc::none;
  status_.last_error_text.clear();
  handshake_by_.reset();
  ready_since_ = time_now();
  proven_ = false;
  tell(this, supervisor_, incarnation_ready{spec_.name, incarnation_});
  move(phase_event::answered);
  answer_ready();
  reread();
  ask_for_lists();
}

void client::on_event(session_failed& x) {
  fail_connection(x.why.code, x.why.text);
}

void client::on_event(request_answered& x) {
  if (!proven_) {
    proven_ = true;
    tell(this, supervisor_, incarnation_proven{spec_.name, incarnation_});
  }
  if (!x.error)
    return end_call(x.ticket, std::move(x.result));
  if (repeat(x) || refit(x))
    return;
  end_call(x.ticket, std::move(x.error));
}

void client::on_event(request_progressed& x) {
  auto i = calls_.find(x.ticket);
  if (i == calls_.end() || i->second.tag == 0 || !i->second.caller.who())
    return;
  tell(this, caf::actor_cast<caf::actor>(i->second.caller.who()),
       call_progress{i->second.tag, x.progress, x.total, std::move(x.message)});
}

void client::on_event(request_overdue& x) {
  give_up(x.ticket, errc::timed_out, "no answer in time");
}

void client::on_event(offers_changed& x) {
  on_changed(x.what);
}

void client::on_event(session_remark& x) {
  remark(x.what, std::move(x.text));
}

void client::remark(diagnostic::kind what, std::string text) {
  if (what == diagnostic::kind::unkillable && phase_.now() == phase::stopping) {
    auto report = status_.last_stop;
    report.incarnation = incarnation_;
    report.why = errc::closed;
    report.text = text;
    report.left = proof::unkillable;
    for (auto& waiter : std::exchange(close_waiters_, {}))
      waiter.deliver(report);
  }
  tell(this, monitor_,
       diagnostic{spec_.name, incarnation_, what, std::move(text)});
}

} // namespace troupe
