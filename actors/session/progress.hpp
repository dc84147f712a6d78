#pragma once

#include "troupe/actors/session/pending_requests.hpp"
#include "troupe/actors/session/remarks.hpp"
#include "troupe/messages/json/json.hpp"

namespace troupe {

/// Takes the params of `notifications/progress` (MCP, "Progress"): restarts the
/// idle time of the request that they name, and emits `request_progressed`
/// where that is wanted. A value that does not increase is a fault.
void take_progress(const json& params, pending_requests& pending,
                   session_remarks& remarks, pending_requests::time_point now,
                   session_events& out);

} // namespace troupe
