#pragma once

#include "troupe/messages/client_status.hpp"

#include <optional>

namespace troupe {

/// What happens to a client.
enum class phase_event : uint8_t {
  start,          ///< the first use, or other credentials
  transport_up,   ///< the connection is up
  answered,       ///< the handshake got a valid answer
  unauthorized,   ///< credentials were refused
  transport_down, ///< it ended, or is not to be used any more
  postponed,      ///< the supervisor: later
  park,           ///< the supervisor: degraded
  give_up,        ///< the supervisor: failed
  retry,          ///< the supervisor: now
  reload,         ///< by a person, or a new spec
  close,
  gone, ///< the transport is gone, with its proof
};

/// The phases of a client and all ways between them. Pure. An event that has no
/// row for the current phase changes nothing, and `on` says so.
///
///     idle, auth_required --start--> connecting --transport_up--> handshaking
///     handshaking --answered--> ready --reload--> draining
///     connecting, handshaking, ready --unauthorized--> auth_required
///     connecting, handshaking, ready --transport_down--> backoff
///     connecting --postponed--> backoff
///     connecting, backoff --park--> degraded
///     idle, connecting, backoff, degraded --give_up--> failed
///     backoff, degraded --retry--> connecting
///     draining --transport_down, unauthorized--> connecting
///     every other lasting phase --reload--> connecting
///     every one but stopped --close--> stopping --gone--> stopped
///
/// Lasting, beside ready: idle, backoff, degraded, failed, auth_required.
class phases {
public:
  phase state() const {
    return state_;
  }

  /// Follows a row; false where there is none.
  bool on(phase_event x) {
    auto next = after(state_, x);
    if (next)
      state_ = *next;
    return next.has_value();
  }

  static std::optional<phase> after(phase from, phase_event x);

  /// Whether a transport may exist.
  static bool connected(phase x) {
    return x == phase::connecting || x == phase::handshaking
           || x == phase::ready || x == phase::draining || x == phase::stopping;
  }

private:
  phase state_ = phase::idle;
};

} // namespace troupe
