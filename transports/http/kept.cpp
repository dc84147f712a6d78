#include "troupe/transports/http/kept.hpp"

#include <algorithm>

namespace troupe {

// Connections are closed without the lock: TLS writes its close_notify.

http_connection http_kept::take(const std::string& key) {
  auto gone = std::list<entry>{};
  auto held = std::unique_lock{mutex_};
  gone = remove_expired(clock::now());
  for (auto i = entries_.begin(); i != entries_.end();) {
    auto here = i++;
    if (here->connection.key != key)
      continue;
    gone.splice(gone.begin(), entries_, here);
    // A connection that the server has closed meanwhile is dropped.
    if (gone.front().connection.channel->idle()) {
      auto result = std::move(gone.front().connection);
      gone.pop_front();
      result.reused = true;
      held.unlock();
      return result;
    }
  }
  held.unlock();
  return {nullptr, key, false};
}

void http_kept::keep(uint64_t client, http_connection x,
                     clock::time_point until) {
  auto gone = std::list<entry>{};
  auto held = std::unique_lock{mutex_};
  gone = remove_expired(clock::now());
  entries_.push_front({std::move(x), client, until});
  if (entries_.size() > defaults::http_kept_max)
    gone.splice(gone.begin(), entries_, std::prev(entries_.end()));
  held.unlock();
}

void http_kept::drop(uint64_t client) {
  auto gone = std::list<entry>{};
  auto held = std::unique_lock{mutex_};
  for (auto i = entries_.begin(); i != entries_.end();) {
    auto here = i++;
    if (here->client == client)
      gone.splice(gone.begin(), entries_, here);
  }
  held.unlock();
}

std::optional<http_kept::clock::time_point> http_kept::prune() {
  auto gone = std::list<entry>{};
  auto held = std::unique_lock{mutex_};
  gone = remove_expired(clock::now());
  for (auto i = entries_.begin(); i != entries_.end();) {
    auto here = i++;
    if (!here->connection.channel->idle())
      gone.splice(gone.begin(), entries_, here);
  }
  auto next =
    std::min_element(entries_.begin(), entries_.end(),
                     [](auto& x, auto& y) { return x.until < y.until; });
  auto result =
    next == entries_.end() ? std::nullopt : std::optional{next->until};
  held.unlock();
  return result;
}

size_t http_kept::size() const {
  auto held = std::unique_lock{mutex_};
  return entries_.size();
}

std::list<http_kept::entry> http_kept::remove_expired(clock::time_point now) {
  auto gone = std::list<entry>{};
  for (auto i = entries_.begin(); i != entries_.end();) {
    auto here = i++;
    if (here->until <= now)
      gone.splice(gone.begin(), entries_, here);
  }
  return gone;
}

} // namespace troupe
