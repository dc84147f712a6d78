#include "troupe/messages/json/large_numbers.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace troupe {

namespace {

bool is_digit(char x) {
  return x >= '0' && x <= '9';
}

size_t digits_at(std::string_view text, size_t at) {
  auto rest = text.substr(std::min(at, text.size()));
  auto end = std::find_if_not(rest.begin(), rest.end(), is_digit);
  return static_cast<size_t>(end - rest.begin());
}

bool stands_at(std::string_view text, size_t at, std::string_view any_of) {
  return at < text.size() && any_of.find(text[at]) != any_of.npos;
}

/// How long the number (RFC 8259, section 6) is that begins the text, without a
/// sign; 0: there is none.
size_t number_size(std::string_view text) {
  auto size = text.starts_with('0') ? 1 : digits_at(text, 0);
  if (size == 0)
    return 0;
  if (stands_at(text, size, "."))
    if (auto fraction = digits_at(text, size + 1); fraction > 0)
      size += 1 + fraction;
  if (stands_at(text, size, "eE")) {
    auto sign = stands_at(text, size + 1, "+-") ? size_t{1} : size_t{0};
    if (auto exponent = digits_at(text, size + 1 + sign); exponent > 0)
      size += 1 + sign + exponent;
  }
  return size;
}

/// Behind the string that begins at its quote.
size_t string_end(std::string_view text, size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    at += text[at] == '\\' ? 1 : 0;
  return std::min(at + 1, text.size());
}

} // namespace

// Overwrites a number with 0.000 of its length; below three bytes it is small.
std::string with_small_numbers(std::string text, size_t from) {
  for (auto at = from; at < text.size();) {
    if (text[at] == '"') {
      at = string_end(text, at);
      continue;
    }
    auto size = number_size(std::string_view{text}.substr(at));
    if (size >= 3) {
      std::fill_n(text.begin() + static_cast<ptrdiff_t>(at), size, '0');
      text[at + 1] = '.';
    }
    at += std::max<size_t>(size, 1);
  }
  return text;
}

} // namespace troupe
