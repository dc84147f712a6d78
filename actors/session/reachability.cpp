#include "troupe/actors/session/session.hpp"

/// Over HTTP no connection ends that could say that the server is gone: what
/// listens in its place may take each request and hang up. One call that ends
/// so says nothing of others; so the server is asked something that any can
/// answer, once, when nothing else is under way.
namespace troupe {

void session::doubt_after(const exchange_news& x) {
  if (x.status > 0 || !x.frames.empty())
    doubted_ = false;
  else if (x.ended && x.why == errc::connection_lost && pending_.find(x.id))
    doubted_ = true;
}

void session::settle_doubt(time_point now, session_events& out) {
  if (check_id_ != 0 && check_until_ <= now) {
    // Slow is not gone: the deadlines of requests judge that.
    sender_.drop(check_id_, out);
    check_id_ = 0;
    doubted_ = false;
  }
  if (doubted_ && check_id_ == 0 && state() == stage::ready
      && sender_.kind() == wire_kind::streamable_http && !pending_.any_sent())
    start_check(now, out);
}

void session::start_check(time_point now, session_events& out) {
  check_id_ = sender_.next_id();
  check_until_ = now + options_.timeouts.ping;
  if (modern())
    sender_.request(sender_.speaking().opening(check_id_), 0,
                    {check_id_, "server/discover"}, out);
  else
    sender_.ping(check_id_, out);
}

void session::on_check_end(const exchange_news& x, session_events& out) {
  check_id_ = 0;
  auto gone = x.status == 0
              && (x.why == errc::connection_lost || x.why == errc::timed_out);
  if (gone && !pending_.any_sent())
    lose(x, errc::connection_lost, out);
  else
    judge_connection(x, out);
}

} // namespace troupe
