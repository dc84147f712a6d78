#include "troupe/actors/session/progress.hpp"

#include "troupe/actors/session/message_ids.hpp"
#include "troupe/messages/cut_text.hpp"

namespace troupe {

namespace {

request_progressed event_of(uint64_t ticket, double progress,
                            const json& params) {
  request_progressed result{ticket, progress, 0, {}};
  if (auto total = params.find("total"))
    result.total = total->as_double().value_or(0);
  if (auto text = params.find("message"))
    result.message =
      cut_text(text->as_string().value_or(""), defaults::remark_bytes_max);
  return result;
}

} // namespace

void take_progress(const json& params, pending_requests& pending,
                   session_remarks& remarks, pending_requests::time_point now,
                   session_events& out) {
  auto token = id_at(params, "progressToken");
  auto progress = params.find("progress");
  auto value = progress ? progress->as_double() : std::nullopt;
  if (!token || !value) {
    remarks.fault("a progress notification has no token or no value", out);
    return;
  }
  auto id = number_of(*token);
  auto what = pending.find(id);
  // A notification that crosses the answer on its way is no fault.
  if (!what)
    return;
  if (*value <= what->progress) {
    remarks.fault("the progress of a request did not increase", out);
    return;
  }
  what->progress = *value;
  pending.restart_idle(id, now);
  if (what->wants_progress)
    out.push_back(event_of(what->ticket, *value, params));
}

} // namespace troupe
