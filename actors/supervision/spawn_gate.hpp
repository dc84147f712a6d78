#pragma once

#include "troupe/actors/spawn_limits.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// The one gate that every start passes: a queue with token buckets. Pure; the
/// supervisor owns it and brings the time. So whatever goes wrong above, the
/// number of processes started stays bounded.
class spawn_gate {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit spawn_gate(spawn_limits limits);

  enum class outcome : uint8_t {
    queued,    ///< `next` will give it
    too_early, ///< a bucket is empty: ask again at `retry_at`
  };
  struct asked {
    outcome what = outcome::queued;
    time_point retry_at{};
  };

  /// Asks for a start. A name that waits or starts already is not queued twice.
  asked ask(const std::string& name, bool commanded, time_point now);

  /// The next name that may start now, if any; from then on it is `starting`.
  std::optional<std::string> next();

  /// It is ready, or will not be: another may start.
  void on_settled(const std::string& name);
  /// It is gone, or is wanted no more.
  void on_gone(const std::string& name);

  size_t waiting() const {
    return queue_.size();
  }
  const std::deque<std::string>& queue() const {
    return queue_;
  }
  bool waits(const std::string& name) const;

  /// Why queued starts are blocked.
  enum class obstacle : uint8_t {
    none,
    crowded, ///< no more servers may run
    busy,    ///< no more may start at a time
  };
  obstacle blocked_by() const;

  const spawn_limits& limits() const {
    return limits_;
  }
  size_t live() const {
    return live_.size();
  }
  size_t starting() const {
    return starting_.size();
  }
  /// Names with a bucket: those started in the last minutes.
  size_t remembered() const {
    return automatic_.size() + commanded_.size();
  }

private:
  using seconds = std::chrono::duration<double>;

  /// At most `most` tokens, and a new one each `refill`.
  struct rate {
    double most = 1;
    seconds refill{1};
  };
  struct bucket {
    double tokens = 0;
    time_point filled{};
  };
  using buckets = std::map<std::string, bucket>;

  static rate a_minute(uint32_t most);
  static double tokens_of(const bucket& x, const rate& how, time_point now);
  /// Takes a token; else says when there will be one.
  static std::optional<time_point> take(bucket& x, const rate& how,
                                        time_point now);
  bucket& bucket_of(buckets& in, const std::string& name, const rate& how,
                    time_point now);

  spawn_limits limits_;
  std::deque<std::string> queue_;
  std::set<std::string> starting_;
  std::set<std::string> live_;
  buckets automatic_;
  buckets commanded_;
  bucket all_;
  bool all_filled_ = false;
};

} // namespace troupe
