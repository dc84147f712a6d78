#pragma once

#include "troupe/messages/commands.hpp"

#include <string>

/// The progress of a call at a terminal: one line that is rewritten.
namespace troupe::cli {

/// Whether the descriptor is a terminal that can rewrite a line.
bool is_live_terminal(int fd);

/// Characters in a line of that terminal; 80 where it does not say.
size_t columns_of(int fd);

/// "3 of 10: copying", as long as `columns` allow; safe for a terminal.
std::string progress_text(const call_progress& x, size_t columns);

/// The text that replaces the current line by `text`; an empty one clears it.
std::string rewritten(std::string_view text);

} // namespace troupe::cli
