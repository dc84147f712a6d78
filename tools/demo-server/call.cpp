#include "tools/demo-server/call.hpp"

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

} // namespace troupe::demo
