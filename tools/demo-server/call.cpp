#include "troupe/tools/demo-server/call.hpp"

namespace troupe::demo {

std::string format_progress(const call& to, double progress, double total) {
  json_writer out;
  out.begin_object()
    .member("progressToken", to.progress_token)
    .member("progress", progress);
  if (total > 0)
    out.member("total", total);
  return json_rpc::format_notification("notifications/progress",
                                       out.end_object().finish());
}

std::string format_nameless_error(int64_t code, std::string_view text) {
  json_writer out;
  out.begin_object().member("jsonrpc", "2.0").key("id").null();
  out.key("error").begin_object();
  out.member("code", code).member("message", text);
  return out.end_object().end_object().take();
}

} // namespace troupe::demo
