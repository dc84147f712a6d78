#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Makes text that others wrote safe for a terminal or a log. What could steer
/// a terminal, or deceive a reader, becomes visible: control characters as
/// `\x1b`, and characters that reorder text or show nothing as `\u{202e}`;
/// bytes that are no UTF-8 as `\xff`. Backslashes stay as they are: the outcome
/// is for people and cannot be turned back.
namespace troupe {

/// Line ends and tabs stay.
std::string escape_text(std::string_view text);

/// In one line, line ends as `\n` and tabs as `\t`; cut to `bytes_max` at the
/// most, with `...` at the end of what was cut.
std::string escape_line(std::string_view text, size_t bytes_max);

} // namespace troupe
