#pragma once

#include "troupe/actors/config.hpp"

#include <cstdlib>
#include <string_view>

namespace troupe::test {

/// What this run of the tests is for: ctest runs some programs once more for
/// `sharing`, and says so in the environment.
inline scheduler_choice chosen_scheduler() {
  auto name = std::getenv("TROUPE_TEST_SCHEDULER");
  return name != nullptr && name == std::string_view{"sharing"}
           ? scheduler_choice::sharing
           : scheduler_choice::troupe;
}

} // namespace troupe::test
