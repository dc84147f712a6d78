#include "troupe/actors/session/reachability_check.hpp"

#include "troupe/actors/session/dialect.hpp"

namespace troupe {

reachability_check::reachability_check(const server_timeouts& timeouts,
                                       frame_sender& sender)
  : sender_(sender), timeout_(timeouts.ping) {
  // nop
}

void reachability_check::on_news(const exchange_news& x, bool open_request) {
  if (stage_ == stage::asked)
    return;
  if (x.status > 0 || !x.frames.empty())
    stage_ = stage::calm;
  else if (x.ended && x.why == errc::connection_lost && open_request)
    stage_ = stage::doubted;
}

void reachability_check::on_time(time_point now, bool idle,
                                 session_events& out) {
  if (stage_ == stage::asked && check_until_ <= now) {
    sender_.drop(check_id_, out);
    stage_ = stage::calm;
  }
  if (stage_ == stage::doubted && idle
      && sender_.kind() == wire_kind::streamable_http)
    ask(now, out);
}

bool reachability_check::on_answer(uint64_t id) {
  if (!asks(id))
    return false;
  stage_ = stage::calm;
  return true;
}

bool reachability_check::on_exchange_end(const exchange_news& x) {
  if (!on_answer(x.id) || x.status > 0)
    return false;
  if (x.why != errc::connection_lost && x.why != errc::timed_out)
    return false;
  stage_ = stage::doubted;
  return true;
}

std::optional<reachability_check::time_point>
reachability_check::deadline() const {
  if (stage_ != stage::asked)
    return std::nullopt;
  return check_until_;
}

void reachability_check::ask(time_point now, session_events& out) {
  auto id = sender_.next_id();
  stage_ = stage::asked;
  check_id_ = id;
  check_until_ = now + timeout_;
  if (sender_.modern())
    sender_.request(sender_.speaking().opening(id), 0, {id, "server/discover"},
                    out);
  else
    sender_.ping(id, out);
}

} // namespace troupe
