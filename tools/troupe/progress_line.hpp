#pragma once

#include "troupe/messages/commands.hpp"

#include <string>

/// How far a call is, as people at a terminal see it: one line, written again
/// and again.
namespace troupe::cli {

/// Whether a line can be written again there.
bool is_live_terminal(int fd);

/// Characters in a line of that terminal; 80 where it does not say.
size_t columns_of(int fd);

/// "3 of 10: copying", as long as `columns` allow; safe for a terminal.
std::string progress_text(const call_progress& x, size_t columns);

/// What puts `text` in the place of the line at hand; an empty one clears it.
std::string rewritten(std::string_view text);

} // namespace troupe::cli
