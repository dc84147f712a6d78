#include "troupe/messages/json/loose_members.hpp"

#include "troupe/messages/json/scan.hpp"

#include <algorithm>

namespace troupe {

static constexpr std::string_view space = " \t\r\n";

loose_members::loose_members(std::string_view text) : rest_(text) {
  skip(space);
  if (!take('{'))
    rest_ = {};
}

bool loose_members::next() {
  skip(" \t\r\n,");
  whole_ = take('}');
  if (whole_ || !take('"'))
    return false;
  auto end = rest_.data() + rest_.size();
  key_ = take_until(json_string_end(rest_.data(), end));
  key_.remove_suffix(std::min<size_t>(key_.size(), 1)); // the quote
  skip(space);
  if (!take(':'))
    return false;
  skip(space);
  value_ = take_until(json_value_end(rest_.data(), end));
  return true;
}

void loose_members::skip(std::string_view characters) {
  rest_.remove_prefix(
    std::min(rest_.find_first_not_of(characters), rest_.size()));
}

bool loose_members::take(char x) {
  if (rest_.empty() || rest_.front() != x)
    return false;
  rest_.remove_prefix(1);
  return true;
}

std::string_view loose_members::take_until(const char* end) {
  auto size = static_cast<size_t>(end - rest_.data());
  auto result = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return result;
}

} // namespace troupe
