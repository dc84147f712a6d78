#include "troupe/actors/session/tool_headers.hpp"

#include "troupe/messages/header_text.hpp"

#include <algorithm>

namespace troupe {

namespace {

constexpr std::string_view sentinel_begin = "=?base64?";
constexpr std::string_view sentinel_end = "?=";

bool is_plain(std::string_view text) {
  auto visible = [](char c) { return c >= ' ' && c <= '~'; };
  if (!std::all_of(text.begin(), text.end(), visible))
    return false;
  if (!text.empty() && (text.front() == ' ' || text.back() == ' '))
    return false;
  // Plain text that looks encoded must be encoded: servers would decode it.
  return !text.starts_with(sentinel_begin) || !text.ends_with(sentinel_end);
}

} // namespace

std::string header_value(std::string_view text) {
  if (is_plain(text))
    return std::string{text};
  std::string result{sentinel_begin};
  result += base64(text);
  result += sentinel_end;
  return result;
}

} // namespace troupe
