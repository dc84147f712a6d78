#pragma once

#include "troupe/actors/session/jitter.hpp"
#include "troupe/actors/session/server_capabilities.hpp"
#include "troupe/messages/json/rpc.hpp"

#include <chrono>
#include <optional>

namespace troupe {

/// Our `subscriptions/listen` with a modern server (MCP 2026-07-28,
/// "Subscriptions"): one for all lists that it announces changes of. Opened
/// with the first list that is asked for; once the server has ended it,
/// opened again after a pause that grows. Sends nothing itself.
///
///     none --open--> asked --acknowledged--> open
///     asked, open --ended--> none, for a pause
///     asked, open --refused, silent--> refused: not asked for again
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

  /// The request's id while it is asked or open.
  std::optional<uint64_t> id() const {
    return is_under_way() ? std::optional{id_} : std::nullopt;
  }

  /// What a notification means.
  enum class meaning : uint8_t {
    foreign,      ///< it names no subscription of ours
    acknowledged, ///< the first one; `reopened` says whether it is a repeat
    premature,    ///< before the acknowledgement: against the protocol
    news,
  };
  meaning on_notification(std::string_view method, const json& params,
                          time_point now);

  /// Whether it was opened before: lists may have changed in between, which
  /// the server did not announce.
  bool reopened() const {
    return opened_ > 1;
  }

  /// The server ended it, or the connection cut it. The next one is due after a
  /// pause, which grows, but not after one that lasted: proxies cut those that
  /// are idle.
  void on_end(time_point now);

  /// The server does not support subscriptions.
  void on_refusal();

  /// Whether an answer to our request is overdue.
  bool is_silent(time_point now) const {
    return stage_ == stage::asked && asked_until_ <= now;
  }

  std::optional<time_point> deadline() const;

private:
  enum class stage : uint8_t { none, asked, open, refused };

  bool is_under_way() const {
    return stage_ == stage::asked || stage_ == stage::open;
  }

  stage stage_ = stage::none;
  uint64_t id_ = 0; // of the last request
  time_point asked_until_{};
  time_point open_since_{};
  /// The end of the pause, in stage `none`; empty: it was never opened.
  std::optional<time_point> reopen_at_;
  size_t opened_ = 0;
  std::chrono::milliseconds pause_ = defaults::refresh_pause;
  jitter jitter_;
};

} // namespace troupe
