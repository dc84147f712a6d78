#pragma once

#include <string>

namespace troupe {

/// The system's own words for an errno.
std::string errno_text(int error);

/// What an errno of a start means for people: the system's own words, and, for
/// a limit, which one it is and how it is raised.
std::string os_error_text(int error);

/// Whether the errno says that something has run out: the next try may succeed.
bool is_scarcity(int error);

} // namespace troupe
