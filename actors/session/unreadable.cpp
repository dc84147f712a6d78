#include "troupe/actors/session/session.hpp"

#include "troupe/actors/session/message_ids.hpp"

/// What a session does with frames that are no messages, or may not be.
namespace troupe {

/// The requests that the batch answers are ended: no other answer will come.
void session::refuse_batch(const json_rpc::frame& x, time_point now,
                           session_events& out) {
  json_rpc::malformed what;
  what.text =
    "a JSON-RPC batch was dropped: the protocol version in use has no batches";
  auto told = false;
  auto drop = [&](const std::optional<json_rpc::id>& answers) {
    what.answers = answers;
    told = (answers && on_unreadable_answer(what, now, out)) || told;
  };
  for (const auto& message : x.messages)
    if (auto result = std::get_if<json_rpc::result>(&message))
      drop(result->id);
    else if (auto error = std::get_if<json_rpc::error>(&message))
      drop(error->id);
  for (const auto& fault : x.faults)
    drop(fault.answers);
  if (!told)
    remarks_.fault(what.text, out);
}

/// Ends the open request of ours that the text answers; false: there is none.
/// The server has dealt with the request, but its outcome cannot be known.
bool session::on_unreadable_answer(const json_rpc::malformed& x, time_point now,
                                   session_events& out) {
  auto id = number_of(*x.answers);
  auto what = pending_.take_answered(id);
  auto opens = !what && handshake_.awaits_answer(id);
  if (!what && !opens && !liveness_.on_answer(id) && !http_.on_check_answer(id))
    return false;
  liveness_.alive(now);
  remarks_.fault(x.text, out);
  traffic_.on_answer();
  if (what) {
    http_.on_answer(id, now);
    deliver(*what,
            failure{errc::protocol_error, fate::outcome_unknown,
                    "the server's answer cannot be read: " + x.text},
            now, out);
  } else if (opens) {
    handshake_.on_unreadable(x.text, now, out);
    after_handshake_step(now, out);
  }
  return true;
}

} // namespace troupe
