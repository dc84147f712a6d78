#pragma once

#include <string>
#include <string_view>

namespace troupe {

/// Stands where a text was cut, so that a reader sees it, and a `redactor` can
/// hide what is left of a value there.
inline constexpr std::string_view cut_mark = "\u2026";

/// `text`, or where that is longer than `bytes_max` its begin up to there,
/// which ends between two UTF-8 characters, and the mark.
std::string cut_text(std::string_view text, size_t bytes_max);

} // namespace troupe
