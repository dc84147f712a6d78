#include "troupe/actors/session/remarks.hpp"

#include "troupe/messages/cut_text.hpp"
#include "troupe/messages/json/blank.hpp"

namespace troupe {

namespace {

bool power_of_ten(uint64_t n) {
  while (n >= 10 && n % 10 == 0)
    n /= 10;
  return n == 1;
}

std::string plain_text(const json& x) {
  auto content = x.as_string();
  return content ? *content : std::string{x.text()};
}

} // namespace

void session_remarks::malformed(const json_rpc::malformed& x,
                                std::string_view frame, session_events& out) {
  using reason = json_error::reason;
  auto no_json =
    x.where.why == reason::syntax || x.where.why == reason::trailing_bytes;
  if (!no_json)
    fault(x.text, out);
  else if (!is_blank(frame)) // servers on some platforms end lines twice
    noise(frame, out);
}

void session_remarks::noise(std::string_view line, session_events& out) {
  auto n = ++counts_.noise_lines;
  if (!power_of_ten(n))
    return;
  auto text = "line " + std::to_string(n) + " that is not JSON: ";
  text += cut_text(line, defaults::noise_sample_bytes);
  out.push_back(
    session_remark{diagnostic::kind::stdout_noise, std::move(text)});
}

void session_remarks::fault(std::string_view text, session_events& out) {
  auto n = ++counts_.protocol_faults;
  if (n > 10 && !power_of_ten(n))
    return;
  out.push_back(session_remark{diagnostic::kind::protocol_fault,
                               cut_text(text, defaults::remark_bytes_max)});
}

void session_remarks::server_log(const json& params, time_point now,
                                 session_events& out) {
  auto verdict = logs_.ask(now);
  if (!verdict.admitted)
    return;
  if (auto n = verdict.skipped_before; n > 0)
    out.push_back(
      session_remark{diagnostic::kind::server_log,
                     "(" + std::to_string(n) + " messages were not shown)"});
  std::string text;
  for (auto key : {"level", "logger"})
    if (auto x = params.find(key); x && x->is_string())
      text += plain_text(*x) + ": ";
  if (auto x = params.find("data"))
    text += plain_text(*x);
  out.push_back(session_remark{diagnostic::kind::server_log,
                               cut_text(text, defaults::remark_bytes_max)});
}

} // namespace troupe
