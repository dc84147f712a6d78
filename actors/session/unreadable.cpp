#include "troupe/actors/session/session.hpp"

#include <charconv>

/// What a session does with frames that are no messages.
namespace troupe {

static bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == text.npos;
}

void session::on_malformed(const json_rpc::malformed& x, time_point now,
                           session_events& out) {
  using reason = json_error::reason;
  if (x.answers && on_unreadable_answer(x, now, out))
    return;
  auto no_json =
    x.where.why == reason::syntax || x.where.why == reason::trailing_bytes;
  if (!no_json)
    remarks_.fault(x.text, out);
  else if (!is_blank(sample_)) // servers on some platforms end lines twice
    remarks_.noise(sample_, out);
}

/// Whether somebody waits for that answer: it is not waited for any longer. The
/// server has dealt with the request, but nobody can say how.
bool session::on_unreadable_answer(const json_rpc::malformed& x, time_point now,
                                   session_events& out) {
  auto id = number_of(*x.answers);
  auto what = pending_.take_answered(id);
  auto opens = !what && handshake_.awaits(id);
  if (!what && !opens && !liveness_.on_answer(id) && !http_.on_check_answer(id))
    return false;
  liveness_.alive(now);
  remarks_.fault(x.text, out);
  ++answers_;
  if (what) {
    http_.on_answer(id, now);
    deliver(*what,
            {errc::protocol_error, fate::outcome_unknown,
             "the server's answer cannot be read: " + x.text},
            out);
  } else if (opens) {
    handshake_.on_unreadable(x.text, now, out);
    after_handshake_step(now, out);
  }
  return true;
}

// Some servers answer with a number's text as the id. 0 is no id of ours.
uint64_t session::number_of(const json_rpc::id& x) {
  if (auto number = std::get_if<int64_t>(&x))
    return *number > 0 ? static_cast<uint64_t>(*number) : 0;
  const auto& text = std::get<std::string>(x);
  uint64_t result = 0;
  auto end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, result);
  auto canonical =
    parsed.ec == std::errc{} && parsed.ptr == end && text.front() != '0';
  return canonical ? result : 0;
}

} // namespace troupe
