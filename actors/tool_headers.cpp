#include "actors/tool_headers.hpp"

#include <algorithm>
#include <cstdint>

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
  // What looks encoded must be encoded, or it would be taken for what it hides.
  return !text.starts_with(sentinel_begin) || !text.ends_with(sentinel_end);
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "abcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  result.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j)
      group = group << 8
              | (i + j < bytes.size() ? static_cast<uint8_t>(bytes[i + j]) : 0);
    for (size_t j = 0; j < 4; ++j)
      result +=
        i + j <= bytes.size() ? alphabet[group >> (18 - 6 * j) & 63] : '=';
  }
  return result;
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
