#include "troupe/actors/session/subscription.hpp"

#include "troupe/messages/json/members.hpp"

#include <algorithm>

namespace troupe {

bool subscription::wanted(const server_capabilities& offers,
                          time_point now) const {
  if (id_ != 0 || refused_ || !offers.announces_any())
    return false;
  return !reopen_at_ || *reopen_at_ <= now;
}

json subscription::open(uint64_t id, const server_capabilities& offers,
                        time_point now) {
  id_ = id;
  reopen_at_.reset();
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
  if (id_ == 0 || number != static_cast<int64_t>(id_))
    return meaning::foreign;
  if (!asked_until_)
    return meaning::news;
  if (method != "notifications/subscriptions/acknowledged")
    return meaning::premature;
  asked_until_.reset();
  open_since_ = now;
  ++opened_;
  return meaning::acknowledged;
}

void subscription::on_end(time_point now) {
  auto lasted = !asked_until_ && now - open_since_ >= defaults::stream_lasted;
  if (lasted)
    pause_ = defaults::refresh_pause;
  id_ = 0;
  asked_until_.reset();
  reopen_at_ = now + jitter_(pause_);
  pause_ = std::min<std::chrono::milliseconds>(2 * pause_,
                                               defaults::refresh_pause_max);
}

void subscription::on_refusal() {
  id_ = 0;
  refused_ = true;
  asked_until_.reset();
  reopen_at_.reset();
}

} // namespace troupe
