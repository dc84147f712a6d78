#pragma once

#include "troupe/tools/demo-server/options.hpp"

#include <vector>

namespace troupe::demo {

/// Starts what the options ask for besides the server itself, sets how signals
/// are handled, and writes the pid file. Returns the helpers' pids. Each helper
/// ends by itself after an hour, so that a test that fails to clean up leaves
/// nothing for ever.
std::vector<int> start_helpers(const options& what);

/// Ends this process after an hour, unless something else does before.
void end_in_an_hour();

} // namespace troupe::demo
