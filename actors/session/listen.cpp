#include "troupe/actors/session/session.hpp"

#include "troupe/actors/session/frame_text.hpp"

/// How a session hears that a modern server's lists have changed.
namespace troupe {

namespace {

constexpr std::string_view listen_method = "subscriptions/listen";

} // namespace

void session::listen(time_point now, session_events& out) {
  if (!modern() || !subscription_.wanted(offers(), now))
    return;
  auto id = sender_.next_id();
  auto params = subscription_.open(id, offers(), now);
  frame_text::request frame{
    id, listen_method, {sender_.speaking().meta()}, params.text().size()};
  frame.splice(params);
  sender_.request(frame.take(), 0, {id, listen_method, {}, {}, true}, out);
}

void session::listen_again(time_point now, session_events& out) {
  if (subscription_.is_silent(now)) {
    auto id = subscription_.id();
    subscription_.on_refusal();
    remarks_.fault("subscriptions/listen was not acknowledged", out);
    sender_.cancel(id, "not acknowledged", out);
  }
  auto due = subscription_.deadline();
  if (due && *due <= now)
    listen(now, out);
}

/// Whether a notification of that method may be believed.
bool session::on_subscribed(const json_rpc::notification& x, time_point now,
                            session_events& out) {
  using meaning = subscription::meaning;
  if (!modern())
    return true;
  switch (subscription_.on_notification(x.method, x.params, now)) {
    case meaning::foreign:
      // One that crosses our end of it is no fault.
      return false;
    case meaning::premature:
      remarks_.fault("a notification came before its subscription was "
                     "acknowledged",
                     out);
      return false;
    case meaning::acknowledged:
      // What changed meanwhile was told to nobody.
      if (subscription_.reopened())
        announce_all(out);
      return true;
    case meaning::news: break;
  }
  return true;
}

void session::announce_all(session_events& out) {
  if (offers().tools_change)
    out.push_back(offers_changed{offer_kind::tools});
  if (offers().resources_change)
    out.push_back(offers_changed{offer_kind::resources});
  if (offers().prompts_change)
    out.push_back(offers_changed{offer_kind::prompts});
}

void session::on_list_changed(const json_rpc::notification& x, time_point now,
                              session_events& out) {
  if (state() != stage::ready || !on_subscribed(x, now, out))
    return;
  if (x.method == "notifications/tools/list_changed")
    out.push_back(offers_changed{offer_kind::tools});
  else if (x.method == "notifications/resources/list_changed")
    out.push_back(offers_changed{offer_kind::resources});
  else if (x.method == "notifications/prompts/list_changed")
    out.push_back(offers_changed{offer_kind::prompts});
}

/// Whether an answer, or the end of an exchange, is that of our subscription.
/// MCP's pages disagree on how a server ends one: by the answer to it, or by
/// `notifications/cancelled`. Both are taken.
bool session::end_subscription(uint64_t id, bool refused, time_point now) {
  if (id == 0 || id != subscription_.id())
    return false;
  if (refused)
    subscription_.on_refusal();
  else
    subscription_.on_end(now);
  return true;
}

} // namespace troupe
