#pragma once

#include "troupe/actors/session/jitter.hpp"
#include "troupe/actors/session/server_capabilities.hpp"
#include "troupe/messages/json/rpc.hpp"

#include <chrono>
#include <optional>

namespace troupe {

/// Our `subscriptions/listen` with a modern server (MCP 2026-07-28,
/// "Subscriptions"): one for all lists that it announces changes of. Opened
/// with the first list that somebody asks for; once the server has ended it,
/// opened again after a pause that grows. Sends nothing itself.
///
///     none --open--> asked --acknowledged--> open --ended--> none (a pause)
///     asked --refused, silent--> refused: not asked for again
class subscription {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `seed`: varies the pauses.
  explicit subscription(uint32_t seed) : jitter_(seed) {
    // nop
  }

  /// Whether `open` is due: it was never tried, or its pause is over.
  bool wanted(const server_capabilities& offers, time_point now) const;

  /// The params of the request with that id, but for `_meta`.
  json open(uint64_t id, const server_capabilities& offers, time_point now);

  /// The request's id while it is asked or open; 0: neither.
  uint64_t id() const {
    return id_;
  }

  /// What a notification is to us.
  enum class meaning : uint8_t {
    foreign,      ///< it names no subscription of ours
    acknowledged, ///< the first one; `reread` says what to do
    premature,    ///< before the acknowledgement: against the protocol
    news,
  };
  meaning on_notification(std::string_view method, const json& params,
                          time_point now);

  /// Whether lists may have changed unheard: it was opened before.
  bool reopened() const {
    return opened_ > 1;
  }

  /// The server ended it, or the connection cut it. The pause does not grow by
  /// one that lasted: proxies cut it when it is idle.
  void on_end(time_point now);

  /// The server does not do it.
  void on_refusal();

  /// Whether an answer to our request is overdue.
  bool is_silent(time_point now) const {
    return asked_until_ && *asked_until_ <= now;
  }

  std::optional<time_point> deadline() const {
    return id_ != 0 ? asked_until_ : reopen_at_;
  }

private:
  uint64_t id_ = 0;
  bool refused_ = false;
  size_t opened_ = 0;
  std::optional<time_point> asked_until_;
  time_point open_since_{};
  std::optional<time_point> reopen_at_;
  std::chrono::milliseconds pause_ = defaults::refresh_pause;
  jitter jitter_;
};

} // namespace troupe
