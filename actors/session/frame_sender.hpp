#pragma once

#include "troupe/actors/session/events.hpp"
#include "troupe/actors/session/options.hpp"

namespace troupe {

class dialect;

/// How the frames of a session travel: gives each its id and what its transport
/// must know of it. Over lines that is nothing; over HTTP each frame is an
/// exchange of its own (MCP, "Streamable HTTP"), with headers that repeat what
/// is in it. Knows the dialect and version that are spoken.
class frame_sender {
public:
  using header_list = std::vector<std::pair<std::string, std::string>>;

  explicit frame_sender(wire_kind kind) : kind_(kind) {
    // nop
  }

  /// An id for a request or an exchange, unique in the session; never 0.
  uint64_t next_id() {
    return ++last_id_;
  }

  /// What the transport must know of a request.
  struct outline {
    uint64_t id = 0;
    std::string_view method;
    /// The tool, prompt or resource (`Mcp-Name`); empty: none.
    std::string_view name;
    /// The tool's arguments that travel as headers (`Mcp-Param-*`).
    header_list parameters;
    /// The response stays open by its nature.
    bool long_lived = false;
    /// When the request is given up at the latest.
    std::optional<std::chrono::steady_clock::time_point> deadline;
  };

  void request(std::string frame, uint64_t ticket, const outline& what,
               session_events& out) const;

  void ping(uint64_t id, session_events& out) const;

  /// Returns the exchange's id; 0 over lines.
  uint64_t notification(std::string frame, std::string_view method,
                        session_events& out);

  /// The answer to a request of the server.
  void answer(std::string frame, session_events& out);

  /// Tells the server that the answer to a request is not needed any more (MCP,
  /// "Cancellation"): by a notification, or over HTTP in 2026-07-28 by closing
  /// its response.
  void cancel(uint64_t id, std::string_view reason, session_events& out);

  // -- HTTP only

  /// The server's own stream; returns the exchange's id.
  uint64_t open_stream(std::string last_event_id, session_events& out);

  /// The rest of the response `id`, which was cut.
  void resume(uint64_t id, std::string last_event_id,
              session_events& out) const;

  /// The stream of HTTP+SSE; returns the exchange's id.
  uint64_t open_endpoint(session_events& out);

  /// Closes a response, or the wait for it.
  void drop(uint64_t id, session_events& out) const;

  // -- dialect and wire

  /// What is sent from now on is in this dialect, which must outlive this
  /// object; over HTTP it names the version, where one is agreed upon.
  void speak(dialect& which, std::string version = {});

  /// The dialect in which requests are written.
  dialect& speaking() const {
    return *dialect_;
  }

  /// Whether that is the one of 2026-07-28.
  bool modern() const {
    return modern_;
  }

  /// The server knows nothing newer than HTTP+SSE.
  void fall_back() {
    kind_ = wire_kind::http_sse;
  }

  wire_kind kind() const {
    return kind_;
  }
  bool http() const {
    return kind_ != wire_kind::lines;
  }

private:
  exchange_order order(uint64_t id, std::string_view method) const;

  wire_kind kind_;
  dialect* dialect_ = nullptr;
  bool modern_ = false;
  std::string version_;
  uint64_t last_id_ = 0;
};

/// Whether a refusal by such a status is an outage: it says nothing of what the
/// server can do at other times, whatever its body says. 500 and 501 are not:
/// some servers say so where they do not know a method.
bool is_outage(int32_t status);

/// The failure of a request whose exchange ended without its answer.
failure failure_of(const exchange_news& x);

/// How the frames to such a server travel.
wire_kind wire_of(const server_spec& spec);

} // namespace troupe
