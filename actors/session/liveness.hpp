#pragma once

#include "troupe/actors/session/frame_sender.hpp"

#include <chrono>
#include <optional>

namespace troupe {

/// Watches whether a silent server still lives (legacy dialect: modern has no
/// ping). Any JSON-RPC message is a sign of life, an error too. After a time of
/// silence the server is asked by pings (MCP, "Ping"); where those are missed,
/// by a list of tools, since some servers lack `ping`.
///
/// While requests are under way their own deadlines judge the server: one that
/// works on a call may be unable to answer a ping. A request that becomes
/// overdue without a sign of life puts the server under suspicion.
class liveness {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `sender` must outlive this object.
  liveness(const server_timeouts& timeouts, frame_sender& sender);

  /// From now on the server is watched; before that it is not.
  void start(time_point now);

  /// The server said something.
  void alive(time_point now);

  /// A request that was sent at `sent` became overdue.
  void suspect(time_point sent);

  /// `busy`: requests are under way.
  std::optional<time_point> deadline(bool busy) const;

  /// Asks the server if that is due; `has_tools`: it can be asked for a list.
  /// False: the last question was not answered either, so the server is lost.
  bool on_time(time_point now, bool busy, bool has_tools, session_events& out);

  /// Whether the last question has this id, and is open.
  bool asks(uint64_t id) const {
    return asked_id_ == id;
  }

  /// It was answered. False: it does not have this id.
  bool on_answer(uint64_t id);

  /// Over HTTP: the exchange of a question has ended; any response to it is a
  /// sign of life. Other exchanges are ignored.
  void on_exchange_end(const exchange_news& x, time_point now);

private:
  void ask(bool by_list, session_events& out);

  frame_sender& sender_;
  milliseconds after_idle_;
  milliseconds timeout_;
  /// When the server said something last; empty: it is not watched.
  std::optional<time_point> heard_;
  bool suspected_ = false;
  /// Questions since the last sign of life.
  size_t questions_ = 0;
  /// When the last of them counts as missed.
  time_point answer_due_;
  std::optional<uint64_t> asked_id_;
};

} // namespace troupe
