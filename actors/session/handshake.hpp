#pragma once

#include "troupe/actors/session/dialect.hpp"
#include "troupe/actors/session/frame_sender.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace troupe {

/// Finds out which dialect the server speaks, and opens the session in it.
///
///     fresh --start--> probing --(no modern server)--> initializing
///     initializing --(refused, once)--> probing
///     probing, initializing --(valid answer)--> established
///     probing, initializing --(refused)--> failed
///
/// A server that refuses `initialize` is probed once more: it may have taken an
/// earlier probe, which was given up, as the choice of the modern dialect.
///
/// While probing, a modern server answers `server/discover`; a legacy one
/// answers with any error, or not at all, or ends (MCP, stdio, "Backward
/// Compatibility").
///
/// Over HTTP silence is an outage and says nothing of the dialect; a refusal of
/// `initialize` may mean that the server knows only HTTP+SSE, whose stream is
/// opened first; and `notifications/initialized` must have been taken before
/// anything else is sent:
///
///     initializing --(refused)--> opening_stream --(endpoint)--> initializing
///     initializing --(valid answer)--> confirming --(taken)--> established
///
/// Where the refused `initialize` was sent without a probe, since the server
/// was known to be legacy, the server is probed first: it may have changed.
class handshake {
public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class stage : uint8_t {
    fresh,
    probing,
    initializing,
    opening_stream,
    confirming,
    established,
    failed
  };

  /// `out` must outlive this object.
  handshake(const session_options& options, frame_sender& out);

  // -- steps: each may append frames and `session_failed`

  void start(time_point now, session_events& out);

  /// The server's answer to the request that `awaits_answer` names.
  void on_result(const json& value, time_point now, session_events& out);
  void on_error(const json_rpc::error& x, time_point now, session_events& out);

  /// The answer cannot be read; `why` says what is wrong with it.
  void on_unreadable(const std::string& why, time_point now,
                     session_events& out);

  /// An error without an id: the answer to the only open request, a late answer
  /// to a probe that was given up, or no answer to anything of ours.
  enum class meaning : uint8_t { answer, late_answer, nothing };
  meaning on_anonymous_error(const json_rpc::error& x, time_point now,
                             session_events& out);

  /// An answer that no open request has; it may be that of a probe that was
  /// given up.
  void on_late_answer(uint64_t id, bool refused);

  void on_time(time_point now, session_events& out);

  // -- over HTTP

  /// The stream of HTTP+SSE is open.
  void on_endpoint(session_events& out);

  /// The exchange that `awaits` names has ended without the answer, or with
  /// the error that the body of a refusal holds.
  void on_exchange_end(const exchange_news& news,
                       const std::optional<json_rpc::error>& body,
                       time_point now, session_events& out);

  // -- observers

  stage state() const {
    return stage_;
  }

  /// Whether this is the exchange of what is open.
  bool awaits(uint64_t id) const {
    return open_ && open_->id == id;
  }

  /// Whether the open request has this id. What is to be confirmed is none:
  /// nothing may answer it, and some servers do so all the same.
  bool awaits_answer(uint64_t id) const {
    return awaits(id) && stage_ != stage::confirming;
  }

  std::optional<time_point> deadline() const {
    return open_ ? open_->deadline : std::nullopt;
  }

  /// The dialect by which incoming messages are judged: the legacy one until
  /// the server has proved to be modern.
  dialect& listening() const;

  /// The event that tells who the server is, once it is established; given
  /// once, then null.
  std::unique_ptr<session_established> take_peer() {
    return std::move(peer_);
  }

  /// What to start the next handshake with, if this connection ends now.
  known_dialect learnt() const {
    return learnt_;
  }

private:
  enum class probe_outcome : uint8_t { none, refused, silent };

  /// The request that is to be answered, or over HTTP to be taken.
  struct open_request {
    uint64_t id = 0;
    std::optional<time_point> deadline;
  };

  /// Why `initialize` was refused.
  struct refusal {
    failure why;
    /// Over HTTP: as by a server that knows only HTTP+SSE.
    bool may_be_older = false;
  };

  void probe(time_point now, session_events& out);
  void open_endpoint(session_events& out);
  void initialize(session_events& out);
  void follow(opening_verdict verdict, time_point now, session_events& out);
  void fall_back(failure why, session_events& out);
  void establish(session_established peer, session_events& out);
  void conclude();
  void on_refusal(const exchange_news& news,
                  const std::optional<json_rpc::error>& body, time_point now,
                  session_events& out);
  void on_confirmed(const exchange_news& news, session_events& out);
  void fail(failure why, session_events& out);
  bool may_probe_again(int64_t code) const;
  bool automatic() const;

  frame_sender& sender_;
  /// Of these two only the one that is spoken is left once it is established.
  std::unique_ptr<dialect> legacy_;
  std::unique_ptr<dialect> modern_;
  dialect_choice choice_;
  known_dialect known_;
  known_dialect learnt_;
  milliseconds probe_timeout_;
  stage stage_ = stage::fresh;
  std::optional<open_request> open_;
  /// How the last probe ended.
  probe_outcome probe_ = probe_outcome::none;
  /// The id of a probe that was given up and may still be answered.
  std::optional<uint64_t> silent_id_;
  /// -32022 was answered with a second try already.
  bool tried_once_more_ = false;
  /// Set once `initialize` was refused and the server was asked something else.
  std::unique_ptr<refusal> refused_; // rare, and large
  /// The good answer; over HTTP its confirmation may be on its way.
  std::unique_ptr<session_established> peer_; // for a moment, and large
};

} // namespace troupe
