#pragma once

#include <string>

namespace troupe {

/// JSON as people write it in editors (JSONC): the same text with its comments
/// (`//` to the line's end, `/* */`) and with commas before a closing bracket
/// made spaces. Every other byte stays where it is, so what is wrong with the
/// outcome is found at the same place in `text`. A comment without an end, and
/// a comma behind nothing, stay: they are mistakes.
std::string without_comments(std::string text);

} // namespace troupe
