#pragma once

#include "troupe/messages/commands.hpp"
#include "troupe/messages/config/redactor.hpp"
#include "troupe/transports/inbound_window.hpp"
#include "troupe/transports/outbox.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// Receives the events of a transport, on the transport's thread. Each method
/// must return soon and must not call back into the transport. Order: `on_up`
/// at most once; frames and diagnostics; `on_down` exactly once, and nothing
/// after it.
class transport_listener {
public:
  virtual ~transport_listener() = default;

  struct up {
    outbox_ptr out;
    int32_t pid = 0;              ///< 0 where there is no process
    std::string weaker_guarantee; ///< see `client_status`
    /// To be told of frames that were handled; null where reading never pauses.
    std::shared_ptr<inbound_window> window;
    /// What may not be shown of what the server says, the same that the
    /// transport itself hides; null where it does not know.
    redactor_ptr hidden{};
  };

  /// The connection is open; nothing is known of the server yet.
  virtual void on_up(up x) = 0;
  /// Whole frames, in order, those of one read together.
  virtual void on_frames(std::vector<std::string> frames) = 0;
  /// Empty lines that were dropped, reported in batches.
  virtual void on_empty_lines(size_t) {
    // nop
  }
  /// Only of a transport that sends each frame in a request of its own, instead
  /// of `on_frames`. Called on several threads; news of one exchange come in
  /// order.
  virtual void on_exchange(exchange_news) {
    // nop
  }
  virtual void on_diagnostic(diagnostic::kind what, std::string text) = 0;
  /// The transport stops for a fault of its own: the end of stdout, a write
  /// deadline, a line without end, the child's death. The server may live until
  /// `on_down`.
  virtual void on_fault(errc why, std::string text) = 0;
  /// The end. Everything that the transport owned is gone, as
  /// `report.left` tells. `unsent`: tickets of which no byte was written.
  virtual void on_down(stop_report report, std::vector<uint64_t> unsent) = 0;
};

/// Carries frames between this process and one server, once: after `on_down` it
/// cannot be used again. Knows nothing of what is in a frame, and nothing of
/// actors. All methods may be called from any thread and return at once.
class transport {
public:
  virtual ~transport() = default;

  /// Connects. Called once. Every outcome is reported to the listener, which
  /// the transport keeps until `on_down`.
  virtual void start(std::unique_ptr<transport_listener> to) = 0;

  /// Ends it. `why` and `text` go into the report unless the end was already
  /// under way. Idempotent. Destroying a transport that is not down does the
  /// same, and does not wait: what it owns is released on the I/O thread.
  virtual void stop(errc why, std::string text) = 0;
};

using transport_ptr = std::shared_ptr<transport>;

} // namespace troupe
