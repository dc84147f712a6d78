#pragma once

#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/actors/session/remarks.hpp"
#include "troupe/actors/session/subscription.hpp"
#include "troupe/messages/json/rpc.hpp"

namespace troupe {

/// Tells which of the server's lists have changed (`offers_changed`). A legacy
/// server says so by notifications; a modern one only within a subscription,
/// which is opened and kept open here (MCP 2026-07-28, "Subscriptions").
class list_changes {
public:
  using time_point = subscription::time_point;

  /// `seed`: see `subscription`. The others must outlive this object.
  list_changes(uint32_t seed, frame_sender& sender, session_remarks& remarks);

  /// Opens the subscription where one is due: `offers` announce changes, the
  /// server is modern, and there is none, or its pause is over.
  void listen(const server_capabilities& offers, time_point now,
              session_events& out);

  /// Gives up a subscription that is not acknowledged, and opens one again.
  void on_time(const server_capabilities& offers, time_point now,
               session_events& out);

  /// A notification of the server, of any method.
  void on_notification(const json_rpc::notification& x,
                       const server_capabilities& offers, time_point now,
                       session_events& out);

  /// An answer, a cancellation, or the end of an exchange, with that id. False:
  /// it is not that of the subscription. MCP's pages disagree on how a server
  /// ends one: by the answer to it, or by `notifications/cancelled`. Both are
  /// taken. `refused`: it is not opened again.
  bool end(uint64_t id, bool refused, time_point now);

  std::optional<time_point> deadline() const {
    return subscription_.deadline();
  }

private:
  bool is_believed(const json_rpc::notification& x,
                   const server_capabilities& offers, time_point now,
                   session_events& out);

  frame_sender& sender_;
  session_remarks& remarks_;
  subscription subscription_;
};

} // namespace troupe
