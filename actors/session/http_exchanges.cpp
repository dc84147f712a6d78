#include "troupe/actors/session/http_exchanges.hpp"

#include <algorithm>

namespace troupe {

bool is_unreachable(const exchange_news& x) {
  return x.status == 0 && never_connected(x);
}

bool is_incomplete(const exchange_news& x) {
  return x.why == errc::none || x.why == errc::connection_lost;
}

http_exchanges::http_exchanges(const session_options& options,
                               frame_sender& sender)
  : sender_(sender), streams_(sender, options.seed),
    check_(options.timeouts, sender) {
  // nop
}

// -- the beginning ------------------------------------------------------------

void http_exchanges::open_own_stream(std::unique_ptr<session_established> peer,
                                     time_point now, session_events& out) {
  opening_ = std::move(peer);
  streams_.begin(now, out);
}

void http_exchanges::tell_established(session_events& out) {
  if (auto peer = std::move(opening_))
    out.push_back(std::move(*peer));
}

// -- news ---------------------------------------------------------------------

void http_exchanges::begin_frames(const exchange_news& x, bool open_request,
                                  session_events& out) {
  if (streams_.is_own(x.id)) {
    streams_.on_own_news(!x.frames.empty());
    tell_established(out);
  }
  check_.on_news(x, open_request);
  current_ = open_exchange{x.id, !x.ended};
}

std::optional<uint64_t> http_exchanges::current() const {
  if (!current_)
    return std::nullopt;
  return current_->id;
}

void http_exchanges::on_answer(uint64_t id, time_point now) {
  if (sender_.kind() != wire_kind::streamable_http)
    return;
  if (current_ && current_->id == id && !current_->goes_on)
    streams_.forget(id);
  else
    streams_.linger(id, now);
}

bool http_exchanges::resume_later(const exchange_news& x, time_point now) {
  return is_incomplete(x) && x.was_stream && !sender_.modern()
         && streams_.resume_later(x, now);
}

std::optional<errc> http_exchanges::on_end(const exchange_news& x, bool busy,
                                           time_point now) {
  if (x.id == endpoint_)
    return errc::connection_lost;
  if (streams_.is_own(x.id))
    streams_.on_own_end(x, now);
  else
    streams_.forget(x.id);
  auto gone = check_.on_exchange_end(x) || is_unreachable(x);
  if (x.why == errc::auth_required)
    return errc::auth_required;
  if (gone && !busy)
    return errc::connection_lost;
  return std::nullopt;
}

// -- time ---------------------------------------------------------------------

void http_exchanges::on_time(time_point now, session_events& out) {
  if (!streams_.opens(now))
    tell_established(out);
  streams_.on_time(now, out);
}

std::optional<http_exchanges::time_point> http_exchanges::deadline() const {
  auto streams = streams_.deadline();
  auto check = check_.deadline();
  if (!streams || !check)
    return streams ? streams : check;
  return std::min(*streams, *check);
}

} // namespace troupe
