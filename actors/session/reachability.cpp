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
  if (question_ != 0 && question_until_ <= now) {
    // Slow is not gone: the deadlines of requests judge that.
    sender_.drop(question_, out);
    question_ = 0;
    doubted_ = false;
  }
  if (doubted_ && question_ == 0 && this->now() == phase::ready
      && sender_.kind() == wire_kind::streamable_http && !pending_.any_sent())
    ask_whether_there(now, out);
}

void session::ask_whether_there(time_point now, session_events& out) {
  question_ = ++last_id_;
  question_until_ = now + options_.timeouts.ping;
  if (modern())
    sender_.request(handshake_.speaking().opening(question_), 0,
                    {question_, "server/discover"}, out);
  else
    send_ping(question_, out);
}

void session::on_question_end(const exchange_news& x, session_events& out) {
  question_ = 0;
  auto gone = x.status == 0
              && (x.why == errc::connection_lost || x.why == errc::timed_out);
  if (gone && !pending_.any_sent())
    lose(x, errc::connection_lost, out);
  else
    judge_connection(x, out);
}

} // namespace troupe
