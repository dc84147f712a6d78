#pragma once

#include "troupe/tools/driver/plan.hpp"

namespace troupe::driver {

/// Measures, and writes the figures as members of the object that `out` has
/// begun. Returns what went wrong; empty: nothing.
std::string measure(standalone_runtime& mcp, const plan& what,
                    json_writer& out);

} // namespace troupe::driver
