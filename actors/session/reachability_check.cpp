#include "troupe/actors/session/reachability_check.hpp"

#include "troupe/actors/session/dialect.hpp"

namespace troupe {

reachability_check::reachability_check(const server_timeouts& timeouts,
                                       frame_sender& sender)
  : sender_(sender), timeout_(timeouts.ping) {
  // nop
}

void reachability_check::on_news(const exchange_news& x, bool open_request) {
  if (x.status > 0 || !x.frames.empty())
    doubted_ = false;
  else if (x.ended && x.why == errc::connection_lost && open_request)
    doubted_ = true;
}

void reachability_check::on_time(time_point now, bool idle,
                                 session_events& out) {
  if (check_ && check_->until <= now) {
    sender_.drop(check_->id, out);
    check_.reset();
    doubted_ = false;
  }
  if (doubted_ && !check_ && idle
      && sender_.kind() == wire_kind::streamable_http)
    ask(now, out);
}

bool reachability_check::on_answer(uint64_t id) {
  if (!asks(id))
    return false;
  check_.reset();
  return true;
}

bool reachability_check::on_exchange_end(const exchange_news& x) {
  return on_answer(x.id) && x.status == 0
         && (x.why == errc::connection_lost || x.why == errc::timed_out);
}

std::optional<reachability_check::time_point>
reachability_check::deadline() const {
  if (!check_)
    return std::nullopt;
  return check_->until;
}

void reachability_check::ask(time_point now, session_events& out) {
  auto id = sender_.next_id();
  check_ = question{id, now + timeout_};
  if (sender_.modern())
    sender_.request(sender_.speaking().opening(id), 0, {id, "server/discover"},
                    out);
  else
    sender_.ping(id, out);
}

} // namespace troupe
