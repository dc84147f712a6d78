#include "troupe/actors/session/subscription.hpp"

#include "troupe/messages/json/members.hpp"

#include <algorithm>

namespace troupe {

bool subscription::wanted(const server_capabilities& offers,
                          time_point now) const {
  return stage_ == stage::none && offers.announces_any()
         && (!reopen_at_ || *reopen_at_ <= now);
}

json subscription::open(uint64_t id, const server_capabilities& offers,
                        time_point now) {
  stage_ = stage::asked;
  id_ = id;
  asked_until_ = now + defaults::list_timeout;
  json_writer out;
  out.begin_object().key("notifications").begin_object();
  if (offers.tools_change)
    out.member("toolsListChanged", true);
  if (offers.prompts_change)
    out.member("promptsListChanged", true);
  if (offers.resources_change)
    out.member("resourcesListChanged", true);
  return out.end_object().end_object().finish();
}

subscription::meaning subscription::on_notification(std::string_view method,
                                                    const json& params,
                                                    time_point now) {
  auto meta = members::object_at(params, "_meta");
  auto which = meta.find("io.modelcontextprotocol/subscriptionId");
  auto number = which ? which->as_integer().value_or(0) : 0;
  // Some servers turn ids into text.
  if (which && which->as_string() == std::to_string(id_))
    number = static_cast<int64_t>(id_);
  if (!is_under_way() || number != static_cast<int64_t>(id_))
    return meaning::foreign;
  if (stage_ == stage::open)
    return meaning::news;
  if (method != "notifications/subscriptions/acknowledged")
    return meaning::premature;
  stage_ = stage::open;
  open_since_ = now;
  ++opened_;
  return meaning::acknowledged;
}

void subscription::on_end(time_point now) {
  auto lasted =
    stage_ == stage::open && now - open_since_ >= defaults::stream_lasted;
  if (lasted)
    pause_ = defaults::refresh_pause;
  stage_ = stage::none;
  reopen_at_ = now + jitter_(pause_);
  pause_ = std::min<std::chrono::milliseconds>(2 * pause_,
                                               defaults::refresh_pause_max);
}

void subscription::on_refusal() {
  stage_ = stage::refused;
}

std::optional<subscription::time_point> subscription::deadline() const {
  switch (stage_) {
    case stage::none: return reopen_at_;
    case stage::asked: return asked_until_;
    case stage::open:
    case stage::refused: break;
  }
  return std::nullopt;
}

} // namespace troupe
