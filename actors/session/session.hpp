#pragma once

#include "troupe/actors/session/events.hpp"
#include "troupe/actors/session/options.hpp"
#include "troupe/actors/session/remarks.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// What a server said that answers no open request of ours.
struct unasked_traffic {
  size_t frames = 0;
  size_t bytes = 0;
};

/// The protocol with one server over one connection: a plain object without
/// I/O, threads or clock. Frames, requests and the time go in; events come out,
/// appended to `out`. Both dialects (MCP 2024-11-05 to 2025-11-25 by
/// `initialize`, 2026-07-28 by metadata on each request) look alike from here.
///
///     fresh --start--> probing --(no modern server)--> initializing
///                         |                                 |
///                         +---(valid answer)--> ready <-----+
///     every one --(fatal)--> failed       every one --close--> closed
class session {
public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class phase : uint8_t {
    fresh,
    probing,
    initializing,
    ready,
    failed,
    closed
  };

  explicit session(session_options options);
  ~session();
  session(session&&) noexcept;
  session& operator=(session&&) noexcept;

  /// Begins the handshake. Called once, when the connection stands.
  void start(time_point now, session_events& out);

  /// Takes frames in the order of their arrival.
  void on_frames(std::vector<std::string> frames, time_point now,
                 session_events& out);

  /// The same for what came of an exchange over HTTP.
  void on_exchange(exchange_news news, time_point now, session_events& out);

  /// Does what is due. Called at or after `next_deadline`.
  void on_time(time_point now, session_events& out);

  /// When `on_time` has something to do; empty: never, as things stand.
  std::optional<time_point> next_deadline() const;

  // -- requests: only when ready, else 0 and nothing is sent. The result is the
  // -- ticket, unique in this session, never 0. How many may be in flight is
  // -- the owner's to limit.

  using header_list = std::vector<std::pair<std::string, std::string>>;

  struct request_options {
    milliseconds idle_timeout{0};  ///< 0: as in the spec
    milliseconds total_timeout{0}; ///< 0: as in the spec
    bool wants_progress = false;
    /// Members added to `_meta`; null: those of the params' own. Reserved keys
    /// (`progressToken`, `io.modelcontextprotocol/...`) are left out.
    json meta;
  };

  uint64_t request(std::string_view method, const json& params,
                   const request_options& options, time_point now,
                   session_events& out);

  /// `what.arguments` must be null or an object. `headers`: see
  /// `parameter_headers`; over HTTP only.
  uint64_t call_tool(const troupe::call_tool& what, time_point now,
                     session_events& out, header_list headers = {});

  /// All pages. Bounded in pages, items and time; stops at a cursor that it has
  /// seen before. A list that was cut short holds what was gathered, and says
  /// so in `rejected`. A server that declares no such list is not asked.
  uint64_t list(offer_kind what, time_point now, session_events& out);

  /// The answer to `input_wanted`; unknown keys are ignored. A form is checked
  /// and gets its defaults. Without an answer the server, or the request that
  /// needs it, is refused.
  void give_input(uint64_t key, answer<json> x, time_point now,
                  session_events& out);

  /// The request was never written (`outbox::revoke` said so): no trace of it.
  void forget(uint64_t ticket);

  /// Gives a request up: tells the server where the dialect allows it; its late
  /// answer will be dropped and counted. Emits no `request_answered`.
  void abandon(uint64_t ticket, std::string_view reason, session_events& out);

  /// Ends the session. Returns the tickets of all open requests, in order.
  std::vector<uint64_t> close();

  // -- observers

  phase now() const;
  size_t in_flight() const;
  bool modern() const;
  /// What the server declares.
  const server_capabilities& offers() const;
  const session_counts& counts() const;
  /// What has come since this was asked the last time.
  unasked_traffic take_unasked();
  /// What to pass to the next session with this server, if the connection is
  /// lost now. Ended on the probe: `legacy_mute`. Also good after `close`.
  known_dialect learnt() const;

private:
  class core;
  std::unique_ptr<core> core_;
};

} // namespace troupe
