#include "troupe/messages/header_text.hpp"

#include <algorithm>
#include <cstdint>

namespace troupe {

namespace {

// Unlike those of <cctype>, these do not depend on the locale.

bool is_letter_or_digit(char x) {
  return (x >= '0' && x <= '9') || (x >= 'a' && x <= 'z')
         || (x >= 'A' && x <= 'Z');
}

char lower(char x) {
  return x >= 'A' && x <= 'Z' ? static_cast<char>(x - 'A' + 'a') : x;
}

} // namespace

bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char x) {
    return is_letter_or_digit(x) || marks.find(x) != marks.npos;
  });
}

bool is_field_value(std::string_view text) {
  return text.find_first_of(std::string_view{"\r\n\0", 3}) == text.npos;
}

bool is_connection_field(std::string_view name) {
  for (auto x :
       {"Host", "Content-Length", "Transfer-Encoding", "Connection", "TE",
        "Keep-Alive", "Proxy-Connection", "Trailer", "Upgrade", "Expect"})
    if (same_letters(name, x))
      return true;
  return false;
}

std::string lower_case(std::string_view text) {
  std::string result{text};
  std::transform(text.begin(), text.end(), result.begin(), lower);
  return result;
}

bool same_letters(std::string_view x, std::string_view y) {
  return std::equal(x.begin(), x.end(), y.begin(), y.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string_view trimmed(std::string_view text) {
  auto begin = text.find_first_not_of(" \t");
  if (begin == text.npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
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

} // namespace troupe
