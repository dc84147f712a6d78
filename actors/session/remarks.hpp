#pragma once

#include "troupe/actors/session/events.hpp"
#include "troupe/messages/defaults.hpp"
#include "troupe/messages/json/rpc.hpp"
#include "troupe/messages/rate_limit.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// Counters that a status shows.
struct session_counts {
  uint64_t late_answers = 0;    ///< to requests that had ended, or never were
  uint64_t noise_lines = 0;     ///< not JSON
  uint64_t protocol_faults = 0; ///< JSON, but against the protocol
};

/// What a session tells people, and how often: everything is counted, but a
/// server that floods us with nonsense does not flood the log.
class session_remarks {
public:
  using time_point = rate_limit::time_point;

  /// A line that is not JSON. The 1st, 10th, 100th, ... is reported.
  void noise(std::string_view line, session_events& out);

  /// A text that is no message: noise, unless it is JSON; nothing where it is
  /// blank. `frame`: the text of its frame, where that is no JSON.
  void malformed(const json_rpc::malformed& x, std::string_view frame,
                 session_events& out);

  /// Something against the protocol that was dropped. The first ten are
  /// reported, then the 100th, 1000th, ...
  void fault(std::string_view text, session_events& out);

  /// The params of notifications/message: as many a second as lines of stderr.
  void server_log(const json& params, time_point now, session_events& out);

  void late_answer() {
    ++counts_.late_answers;
  }

  const session_counts& counts() const {
    return counts_;
  }

private:
  session_counts counts_;
  rate_limit logs_{defaults::stderr_lines_per_second};
};

} // namespace troupe
