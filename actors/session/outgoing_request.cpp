#include "troupe/actors/session/outgoing_request.hpp"

#include "troupe/actors/session/dialect.hpp"
#include "troupe/actors/session/frame_sender.hpp"
#include "troupe/actors/session/frame_text.hpp"
#include "troupe/actors/session/pending_requests.hpp"
#include "troupe/messages/requests.hpp"

namespace troupe {

void send_request(const frame_sender& sender, uint64_t id,
                  const pending_request& as, const outgoing_request& what,
                  const given_input* input, session_events& out) {
  auto room =
    what.name.size() + what.params.text().size() + what.meta.text().size();
  frame_text::request frame{
    id, what.method, {sender.speaking().meta(), id, &what.meta}, room};
  if (what.method == method_of<call_tool>) {
    append_json(frame.member("name"), what.name);
    if (what.params.is_object())
      append_json(frame.member("arguments"), what.params);
  } else {
    frame.splice(what.params);
  }
  if (input && input->responses.is_object())
    append_json(frame.member("inputResponses"), input->responses);
  if (input && input->state.is_string())
    append_json(frame.member("requestState"), input->state);
  sender.request(
    frame.take(), as.ticket,
    {id, what.method, what.name, what.headers, false, as.total_deadline}, out);
  std::get<send_frame>(out.back()).continues = input != nullptr;
}

} // namespace troupe
