#include "troupe/actors/session/list_changes.hpp"

#include "troupe/actors/session/dialect.hpp"
#include "troupe/actors/session/frame_text.hpp"

namespace troupe {

namespace {

constexpr std::string_view listen_method = "subscriptions/listen";

void announce_all(const server_capabilities& offers, session_events& out) {
  if (offers.tools_change)
    out.push_back(offers_changed{offer_kind::tools});
  if (offers.resources_change)
    out.push_back(offers_changed{offer_kind::resources});
  if (offers.prompts_change)
    out.push_back(offers_changed{offer_kind::prompts});
}

} // namespace

list_changes::list_changes(uint32_t seed, frame_sender& sender,
                           session_remarks& remarks)
  : sender_(sender), remarks_(remarks), subscription_(seed) {
  // nop
}

void list_changes::listen(const server_capabilities& offers, time_point now,
                          session_events& out) {
  if (!sender_.modern() || !subscription_.wanted(offers, now))
    return;
  auto id = sender_.next_id();
  auto params = subscription_.open(id, offers, now);
  frame_text::request frame{
    id, listen_method, {sender_.speaking().meta()}, params.text().size()};
  frame.splice(params);
  sender_.request(frame.take(), 0, {id, listen_method, {}, {}, true}, out);
}

void list_changes::on_time(const server_capabilities& offers, time_point now,
                           session_events& out) {
  if (subscription_.is_silent(now)) {
    auto id = *subscription_.id();
    subscription_.on_refusal();
    remarks_.fault("subscriptions/listen was not acknowledged", out);
    sender_.cancel(id, "not acknowledged", out);
  }
  auto due = subscription_.deadline();
  if (due && *due <= now)
    listen(offers, now, out);
}

void list_changes::on_notification(const json_rpc::notification& x,
                                   const server_capabilities& offers,
                                   time_point now, session_events& out) {
  if (sender_.modern() && !is_believed(x, offers, now, out))
    return;
  if (x.method == "notifications/tools/list_changed")
    out.push_back(offers_changed{offer_kind::tools});
  else if (x.method == "notifications/resources/list_changed")
    out.push_back(offers_changed{offer_kind::resources});
  else if (x.method == "notifications/prompts/list_changed")
    out.push_back(offers_changed{offer_kind::prompts});
}

bool list_changes::end(uint64_t id, bool refused, time_point now) {
  if (id != subscription_.id())
    return false;
  if (refused)
    subscription_.on_refusal();
  else
    subscription_.on_end(now);
  return true;
}

bool list_changes::is_believed(const json_rpc::notification& x,
                               const server_capabilities& offers,
                               time_point now, session_events& out) {
  using meaning = subscription::meaning;
  switch (subscription_.on_notification(x.method, x.params, now)) {
    case meaning::foreign:
      // A notification that crosses our end of the subscription is no fault.
      return false;
    case meaning::premature:
      remarks_.fault("a notification came before its subscription was "
                     "acknowledged",
                     out);
      return false;
    case meaning::acknowledged:
      // What changed while there was no subscription was not announced.
      if (subscription_.reopened())
        announce_all(offers, out);
      return true;
    case meaning::news: break;
  }
  return true;
}

} // namespace troupe
