#pragma once

#include "troupe/transports/http/pool.hpp"
#include "troupe/transports/ordered_mutex.hpp"

#include <list>

namespace troupe {

/// The idle connections; the one used last is reused first. Thread-safe.
class http_kept {
public:
  using clock = http_channel::clock;

  http_connection take(const std::string& key);
  void keep(uint64_t client, http_connection x, clock::time_point until);
  /// Closes those of one client.
  void drop(uint64_t client);
  /// Closes those whose time is over, and those that their servers closed.
  /// Returns when the next one's time is over; nothing: there are none.
  std::optional<clock::time_point> prune();
  size_t size() const;

private:
  struct entry {
    http_connection connection;
    uint64_t client;
    clock::time_point until;
  };

  std::list<entry> remove_expired(clock::time_point now);

  mutable ordered_mutex<lock_rank::leaf> mutex_;
  std::list<entry> entries_; // guarded by mutex_; the newest is first
};

} // namespace troupe
