#include "troupe/actors/session/http_streams.hpp"

#include <algorithm>

namespace troupe {

namespace {

// A server may ask for no pause at all: it would be asked hundreds of times a
// second for as long as it ends its streams at once.
constexpr milliseconds stream_retry_min{100};

// Ten times what a head takes on a busy machine; calls wait for it once in a
// session's life, where a server never sends it alone.
constexpr milliseconds stream_head_wait{500};

milliseconds pause_before(const exchange_news& news) {
  auto wait = news.retry.count() >= 0 ? news.retry : defaults::stream_retry;
  return std::clamp<milliseconds>(wait, stream_retry_min,
                                  defaults::stream_retry_max);
}

} // namespace

bool may_pass(int32_t status) {
  return is_outage(status) || status == 409 || status == 500;
}

void http_streams::begin(time_point now, session_events& out) {
  open_own(now, out);
  opens_until_ = now + stream_head_wait;
}

void http_streams::open_own(time_point now, session_events& out) {
  own_ = sender_.open_stream(own_event_id_, out);
  own_since_ = now;
}

void http_streams::on_own_end(const exchange_news& news, time_point now) {
  own_.reset();
  if (has_none(news))
    return;
  worked_ = worked_ || news.was_stream;
  if (!news.last_event_id.empty())
    own_event_id_ = news.last_event_id;
  if (news.was_stream && now - own_since_ >= defaults::stream_lasted)
    failures_ = 0;
  auto wait = pause_before(news);
  for (size_t i = 0; i < failures_ && wait < defaults::stream_retry_max; ++i)
    wait = std::min<milliseconds>(2 * wait, defaults::stream_retry_max);
  ++failures_;
  reopen_at_ = now + jitter_(wait);
}

/// 405 and 404 say that the server has no such stream. Other lasting refusals
/// count only before the first stream: some servers believe that one which a
/// proxy cut is still open.
bool http_streams::has_none(const exchange_news& news) const {
  if (news.was_stream || news.status < 400)
    return false;
  return news.status == 404 || news.status == 405
         || (!worked_ && !may_pass(news.status));
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
  x.at = now + pause_before(news);
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
  if (!opens(now))
    opens_until_.reset();
  if (reopen_at_ && *reopen_at_ <= now) {
    reopen_at_.reset();
    open_own(now, out);
  }
  for (auto& [id, x] : cut_)
    if (x.at <= now) {
      x.at = time_point::max();
      sender_.resume(id, x.last_event_id, out);
    }
  std::erase_if(lingering_, [&](const auto& x) {
    if (x.second > now)
      return false;
    sender_.drop(x.first, out);
    return true;
  });
}

std::optional<http_streams::time_point> http_streams::deadline() const {
  auto result = reopen_at_.value_or(time_point::max());
  result = std::min(result, opens_until_.value_or(time_point::max()));
  for (const auto& [id, x] : cut_)
    result = std::min(result, x.at);
  for (const auto& [id, at] : lingering_)
    result = std::min(result, at);
  if (result == time_point::max())
    return std::nullopt;
  return result;
}

} // namespace troupe
