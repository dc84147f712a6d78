#pragma once

#include "troupe/actors/session/frame_sender.hpp"

#include <chrono>
#include <optional>

namespace troupe {

/// Whether a server over streamable HTTP can still be reached. There is no
/// connection whose end would say that it is gone: what listens in its place
/// may take each request and hang up. One request that ends so says nothing of
/// others; so the server is asked something that every server can answer, once,
/// when nothing else is under way.
///
///     calm --(a request was hung up on)--> doubted --(idle)--> asked
///     doubted --(something came)--> calm
///     asked --(hung up on)--> doubted
///     asked --(answered, refused, silent, not sent)--> calm
class reachability_check {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// `sender` must outlive this object.
  reachability_check(const server_timeouts& timeouts, frame_sender& sender);

  /// Something came of an exchange. `open_request`: of one that carries a
  /// request in flight.
  void on_news(const exchange_news& x, bool open_request);

  /// Asks the server where that is due, and gives up a question that it does
  /// not answer in time: slow is not gone, and the deadlines of requests judge
  /// that. `idle`: the session is ready, and the server owes it no answer.
  void on_time(time_point now, bool idle, session_events& out);

  /// Whether the question has this id, and is open.
  bool asks(uint64_t id) const {
    return stage_ == stage::asked && check_id_ == id;
  }

  /// It was answered. False: it does not have this id.
  bool on_answer(uint64_t id);

  /// The exchange of the question, or another one, has ended. True: the server
  /// hung up on the question, or was not there. Any other end of it says
  /// nothing of the server, and the question is not repeated.
  bool on_exchange_end(const exchange_news& x);

  std::optional<time_point> deadline() const;

private:
  enum class stage : uint8_t { calm, doubted, asked };

  void ask(time_point now, session_events& out);

  frame_sender& sender_;
  milliseconds timeout_;
  stage stage_ = stage::calm;
  // Of the last question.
  uint64_t check_id_ = 0;
  time_point check_until_;
};

} // namespace troupe
