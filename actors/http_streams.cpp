#include "actors/http_streams.hpp"

#include <algorithm>

namespace troupe {

void http_streams::begin(time_point now, session_events& out) {
  open_own(now, out);
}

void http_streams::open_own(time_point now, session_events& out) {
  own_ = wire_.open_stream(own_event_id_, out);
  own_since_ = now;
}

void http_streams::on_own_end(const exchange_news& news, time_point now) {
  own_ = 0;
  // 405, or what servers answer in its place: there is no such stream.
  if (!news.was_stream && news.status >= 400)
    return;
  if (!news.last_event_id.empty())
    own_event_id_ = news.last_event_id;
  if (news.was_stream && now - own_since_ >= defaults::stream_lasted)
    failures_ = 0;
  auto wait = news.retry.count() >= 0 ? news.retry : defaults::stream_retry;
  wait = std::min<milliseconds>(wait, defaults::stream_retry_max);
  for (size_t i = 0; i < failures_ && wait < defaults::stream_retry_max; ++i)
    wait = std::min<milliseconds>(2 * wait + milliseconds{1},
                                  defaults::stream_retry_max);
  ++failures_;
  reopen_at_ = now + spread_(wait);
}

bool http_streams::resume_later(const exchange_news& news, time_point now) {
  auto& x = cut_[news.id];
  auto progress =
    !news.last_event_id.empty() && news.last_event_id != x.last_event_id;
  x.tries = progress ? 0 : x.tries + 1;
  if (progress)
    x.last_event_id = news.last_event_id;
  if (x.last_event_id.empty() || x.tries > defaults::resume_tries_max) {
    cut_.erase(news.id);
    return false;
  }
  auto wait = news.retry.count() >= 0 ? news.retry : defaults::stream_retry;
  x.at = now + std::min<milliseconds>(wait, defaults::stream_retry_max);
  return true;
}

void http_streams::linger(uint64_t exchange, time_point now) {
  forget(exchange);
  lingering_[exchange] = now + defaults::response_end_timeout;
}

void http_streams::forget(uint64_t exchange) {
  cut_.erase(exchange);
  lingering_.erase(exchange);
}

void http_streams::on_time(time_point now, session_events& out) {
  if (reopen_at_ && *reopen_at_ <= now) {
    reopen_at_.reset();
    open_own(now, out);
  }
  for (auto& [id, x] : cut_)
    if (x.at <= now) {
      x.at = time_point::max();
      wire_.resume(id, x.last_event_id, out);
    }
  std::erase_if(lingering_, [&](const auto& x) {
    if (x.second > now)
      return false;
    wire_.drop(x.first, out);
    return true;
  });
}

std::optional<http_streams::time_point> http_streams::deadline() const {
  auto result = reopen_at_.value_or(time_point::max());
  for (const auto& [id, x] : cut_)
    result = std::min(result, x.at);
  for (const auto& [id, at] : lingering_)
    result = std::min(result, at);
  if (result == time_point::max())
    return std::nullopt;
  return result;
}

} // namespace troupe
