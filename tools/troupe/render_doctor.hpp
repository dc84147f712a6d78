#pragma once

#include "troupe/tools/troupe/checkup.hpp"
#include "troupe/tools/troupe/event_lines.hpp"
#include "troupe/tools/troupe/render_json.hpp"

namespace troupe::cli {

/// What `doctor` found.
struct diagnosis {
  std::string file;
  loaded_config loaded;
  std::vector<checked_server> servers;
  bool left_nothing = true; ///< all servers ended, and nothing of them is left
};

bool is_healthy(const diagnosis& x);

json doctor_json(const diagnosis& x);

/// One server, without a line end at the end; safe for a terminal.
std::string checkup_text(const checked_server& x, const style& look);

/// The last lines: what was skipped, and the count.
std::string verdict_text(const diagnosis& x, const style& look);

} // namespace troupe::cli
