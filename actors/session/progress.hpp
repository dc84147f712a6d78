#pragma once

#include "troupe/actors/session/pending_requests.hpp"
#include "troupe/actors/session/remarks.hpp"
#include "troupe/messages/json/json.hpp"

namespace troupe {

/// Takes the params of `notifications/progress` (MCP, "Progress"): the idle
/// time of the request that they name begins anew, and `request_progressed`
/// tells of it where that is wanted. What does not increase is a fault.
void take_progress(const json& params, pending_requests& pending,
                   session_remarks& remarks, pending_requests::time_point now,
                   session_events& out);

} // namespace troupe
