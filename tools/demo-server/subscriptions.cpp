#include "troupe/tools/demo-server/subscriptions.hpp"

namespace troupe::demo {

namespace {

void write_id(json_writer& out, const json_rpc::id& which) {
  out.key("_meta").begin_object();
  out.key("io.modelcontextprotocol/subscriptionId");
  std::visit([&out](auto& x) { out.value(x); }, which);
  out.end_object();
}

bool wants_tools(const json& params) {
  auto filter = params.find("notifications");
  auto flag = filter ? filter->find("toolsListChanged") : std::nullopt;
  return flag && flag->as_bool().value_or(false);
}

} // namespace

subscriptions::subscriptions(common& shared, outlet& out)
  : common_(shared), out_(out) {
  // nop
}

subscriptions::~subscriptions() {
  common_.audience.erase(this);
}

void subscriptions::open_legacy() {
  legacy_ = true;
  common_.audience.insert(this);
}

bool subscriptions::open(const json_rpc::id& which, const json& params) {
  if (open_.size() >= open_max)
    return false;
  open_.insert(which);
  common_.audience.insert(this);
  auto tools = wants_tools(params);
  json_writer out;
  out.begin_object();
  write_id(out, which);
  out.key("notifications").begin_object();
  if (tools) {
    want_tools_.insert(which);
    out.member("toolsListChanged", true);
  }
  out.end_object().end_object();
  out_.about(which,
             json_rpc::format_notification(
               "notifications/subscriptions/acknowledged", out.finish()));
  return true;
}

void subscriptions::close(const json_rpc::id& which) {
  open_.erase(which);
  want_tools_.erase(which);
}

void subscriptions::tools_changed(uint64_t times) {
  for (uint64_t i = 0; i < times; ++i) {
    if (legacy_)
      out_.say(list_changed({}));
    for (auto& which : want_tools_) {
      json_writer out;
      out.begin_object();
      write_id(out, which);
      out_.about(which, list_changed(out.end_object().finish()));
    }
  }
}

std::string subscriptions::list_changed(const json& params) {
  return json_rpc::format_notification("notifications/tools/list_changed",
                                       params);
}

} // namespace troupe::demo
