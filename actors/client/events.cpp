#include "troupe/actors/client/client.hpp"

#include "troupe/actors/type_ids.hpp"

/// How a client carries out what its session says.
namespace troupe {

// -- input --------------------------------------------------------------------

/// News of earlier connections is dropped.
bool client::is_current(uint64_t incarnation) const {
  return incarnation == life_.facts().incarnation && connection_;
}

void client::on_frames(inbound_frames& x) {
  if (!is_current(x.incarnation))
    return;
  connection_->on_frames(std::move(x.frames), x.empty_lines, time_now());
  on_arrival();
}

void client::on_exchange(inbound_exchange& x) {
  if (!is_current(x.incarnation))
    return;
  connection_->on_exchange(std::move(x.news), time_now());
  on_arrival();
}

void client::on_arrival() {
  if (auto text = connection_->news_of_pace())
    remark(diagnostic::kind::throttled, std::move(*text));
  settle();
  if (connection_)
    connection_->took_all();
}

// -- events of the session ----------------------------------------------------

/// Carries out the session's events, which may cause more, and sends queued
/// requests while slots are free.
void client::settle() {
  if (settling_)
    return;
  settling_ = true;
  words_.begin_turn();
  do {
    carry_out_all();
    send_waiting();
  } while (connection_ && !connection_->said().empty());
  settling_ = false;
  if (life_.is(phase::draining) && book_.in_flight() == 0)
    after_drain();
  arm();
}

/// An event may end the connection, and its other events with it.
void client::carry_out_all() {
  for (size_t i = 0; connection_ && i < connection_->said().size(); ++i) {
    auto event = std::move(connection_->said()[i]);
    words_.redact(event);
    std::visit([this](auto& x) { on_event(x); }, event);
  }
  if (connection_)
    connection_->said().clear();
}

// -- sending ------------------------------------------------------------------

/// Why the outbox did not take a message of ours.
static failure why_not_sent(errc why, const server_spec& spec) {
  switch (why) {
    case errc::overloaded:
      return {why, fate::not_sent,
              "the send queue of " + spec.name + " is full"};
    case errc::too_large: // the code means a frame of the server
      return {errc::invalid_argument, fate::not_sent,
              "the request is larger than limits.frame_bytes_max allows ("
                + std::to_string(spec.limits.frame_bytes_max) + " bytes)"};
    default: return {why, fate::not_sent, std::string{explain(why)}};
  }
}

void client::on_event(send_frame& x) {
  auto ticket = x.ticket;
  if (x.continues)
    book_.continues(ticket);
  auto refused = connection_->send(std::move(x), mailbox_depth());
  if (refused == errc::none)
    return;
  auto listing = catalog_.reads(ticket);
  if (!listing && book_.find(ticket) == nullptr)
    return; // a handshake that cannot be sent ends with its connection
  connection_->protocol().forget(ticket);
  auto why = why_not_sent(refused, spec_);
  if (listing)
    end_list(ticket, why);
  else if (auto ended = book_.end(ticket, std::move(why)))
    deliver(std::move(*ended));
}

void client::on_event(drop_exchange& x) {
  connection_->drop_exchange(x.id);
}

// -- the session --------------------------------------------------------------

void client::on_event(session_established& x) {
  learn(x.dialect);
  auto& known = life_.facts();
  known.protocol_version = x.version;
  known.server = std::move(x.server);
  known.instructions = std::move(x.instructions);
  life_.fail(errc::none, {});
  life_.clear(life::deadline::handshake);
  tell(this, supervisor_, incarnation_ready{spec_->name, known.incarnation});
  move(phase_event::answered);
  for (auto& waiter : ready_waiters_.take_all())
    waiter.deliver(current_status());
  read_again(catalog_.followed());
  for (auto kind : all_offer_kinds)
    read_list(kind);
}

void client::on_event(session_failed& x) {
  fail_connection(x.why.code, x.why.text);
}

void client::on_event(session_remark& x) {
  remark(x.what, std::move(x.text));
}

// -- requests -----------------------------------------------------------------

void client::on_event(request_answered& x) {
  if (connection_->prove())
    tell(this, supervisor_,
         incarnation_proven{spec_->name, life_.facts().incarnation});
  if (x.error && (repeat(x) || retry_with_fresh_headers(x)))
    return;
  auto with = x.error ? answer<json>{std::move(x.error)}
                      : answer<json>{std::move(x.result)};
  if (auto ended = book_.end(x.ticket, std::move(with)))
    deliver(std::move(*ended));
}

bool client::repeat(const request_answered& x) {
  return !life_.closing()
         && book_.repeat(x.ticket, x.error, harmless_by_list(), time_now(),
                         life_.queued());
}

void client::on_event(request_progressed& x) {
  auto call = book_.find(x.ticket);
  if (call == nullptr || call->what.tag == 0 || !call->caller.who())
    return;
  tell(
    this, caf::actor_cast<caf::actor>(call->caller.who()),
    call_progress{call->what.tag, x.progress, x.total, std::move(x.message)});
}

void client::on_event(request_overdue& x) {
  give_up(x.ticket, errc::timed_out, "no answer in time");
}

// -- lists --------------------------------------------------------------------

void client::on_event(list_ended& x) {
  if (!x.list.ok())
    return end_list(x.ticket, x.list.error);
  searches_.add(std::move(x), words_.hidden(), life_.facts().incarnation);
  search_lists();
}

void client::on_event(offers_changed& x) {
  auto again = catalog_.changed(x.what, time_now());
  if (life_.is(phase::ready))
    read_again(again);
}

} // namespace troupe
