#include "troupe/actors/session/liveness.hpp"

#include "troupe/actors/session/dialect.hpp"
#include "troupe/actors/session/frame_text.hpp"

namespace troupe {

liveness::liveness(const server_timeouts& timeouts, frame_sender& sender)
  : sender_(sender), after_idle_(timeouts.ping_after_idle),
    timeout_(timeouts.ping) {
  // nop
}

void liveness::start(time_point now) {
  if (after_idle_.count() > 0)
    heard_ = now;
}

void liveness::alive(time_point now) {
  if (heard_)
    heard_ = now;
  questions_ = 0;
  suspected_ = false;
}

void liveness::suspect(time_point sent) {
  suspected_ = suspected_ || (heard_ && *heard_ <= sent);
}

std::optional<liveness::time_point> liveness::deadline(bool busy) const {
  if (!heard_)
    return std::nullopt;
  if (questions_ > 0)
    return answer_due_;
  if (busy && !suspected_)
    return std::nullopt;
  return *heard_ + after_idle_;
}

bool liveness::on_time(time_point now, bool busy, bool has_tools,
                       session_events& out) {
  auto due = deadline(busy);
  if (!due || now < *due)
    return true;
  if (questions_ > defaults::ping_misses_max)
    return false;
  ++questions_;
  answer_due_ = now + timeout_;
  ask(has_tools && questions_ > defaults::ping_misses_max, out);
  return true;
}

bool liveness::on_answer(uint64_t id) {
  if (!asks(id))
    return false;
  asked_id_.reset();
  return true;
}

void liveness::on_exchange_end(const exchange_news& x, time_point now) {
  if (on_answer(x.id) && x.status > 0)
    alive(now);
}

void liveness::ask(bool by_list, session_events& out) {
  // Over HTTP a question that hangs keeps its exchange, and with each further
  // one fewer would be left for calls.
  if (asked_id_)
    sender_.drop(*asked_id_, out);
  auto id = sender_.next_id();
  asked_id_ = id;
  if (!by_list) {
    sender_.ping(id, out);
    return;
  }
  frame_text::request frame{id, "tools/list", {sender_.speaking().meta()}};
  sender_.request(frame.take(), 0, {id, "tools/list"}, out);
}

} // namespace troupe
