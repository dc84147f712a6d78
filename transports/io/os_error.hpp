#pragma once

#include <string>

namespace troupe {

/// What an errno of a start means for people: the system's own words, and where
/// a limit was met, which one and how it is raised.
std::string os_error_text(int error);

/// Whether it says that something has run out, not that something is wrong: the
/// next try may succeed.
bool is_scarcity(int error);

} // namespace troupe
