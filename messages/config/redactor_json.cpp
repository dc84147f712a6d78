#include "troupe/messages/config/redactor.hpp"
#include "troupe/messages/json/scan.hpp"

#include <algorithm>

/// How hidden values are found in JSON text.
namespace troupe {

namespace {

/// Where the string that begins `text` ends.
size_t string_size(std::string_view text) {
  size_t at = 1;
  while (at < text.size() && text[at] != '"')
    at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

/// The first half of a surrogate pair, as an escape.
bool is_high_half(std::string_view escape) {
  constexpr std::string_view second = "89abAB";
  return escape.size() > 3 && escape[1] == 'u'
         && (escape[2] == 'd' || escape[2] == 'D')
         && second.find(escape[3]) != second.npos;
}

/// How much of `text` can be decoded by itself: no escape, nor the two of a
/// pair, is cut. At most `bytes_max`, but for an escape that begins the text.
size_t whole_escapes(std::string_view text, size_t bytes_max) {
  constexpr size_t pair_bytes = 12; // "\ud83d\ude00"
  constexpr size_t code_bytes = 6;
  size_t at = 0;
  while (at < text.size()) {
    auto escape = text.find('\\', at);
    if (escape >= bytes_max)
      return std::min(std::max(at, bytes_max), text.size());
    auto rest = text.substr(escape);
    auto size = is_high_half(rest)         ? pair_bytes
                : rest.substr(1, 1) == "u" ? code_bytes
                                           : size_t{2};
    if (escape + size > bytes_max && escape > 0)
      return escape;
    at = escape + size;
  }
  return text.size();
}

} // namespace

/// Appends a string of JSON, redacted; whether anything was hidden in it.
bool redactor::append_string(std::string& out, std::string_view literal,
                             size_t& steps) const {
  auto content = literal.substr(1, literal.size() - 2);
  std::string decoded;
  if (content.find('\\') != content.npos) {
    decoded = unescape(content);
    content = decoded;
  }
  auto where = find(content, steps);
  if (where.empty())
    out += literal;
  else
    append_json(out, replaced(content, where));
  return !where.empty();
}

// What stands between strings is copied: a hidden number, or a value that looks
// like several of JSON's, is found at the end.
json redactor::apply(const json& x, size_t* steps) const {
  if (empty() || x.is_null())
    return x;
  size_t unused = 0;
  auto& count = steps ? *steps : unused;
  std::string result;
  auto changed = false;
  for (auto text = x.text(); !text.empty();) {
    auto outside = std::min(text.find('"'), text.size());
    result += text.substr(0, outside);
    text.remove_prefix(outside);
    if (text.empty())
      break;
    auto size = string_size(text);
    changed = append_string(result, text.substr(0, size), count) || changed;
    text.remove_prefix(size);
  }
  if (!find(result, count).empty())
    return {};
  return changed ? json::parse(std::move(result)).value : x;
}

// -- in pieces ----------------------------------------------------------------

redactor::search::search(const redactor& in, const json& x)
  : in_(in), rest_(x.text()) {
  // nop
}

bool redactor::search::read(size_t bytes_max) {
  if (in_.empty())
    return true;
  auto piece = rest_.substr(0, whole_escapes(rest_, bytes_max));
  rest_.remove_prefix(piece.size());
  size_t steps = 0;
  for (auto byte : unescape(piece)) {
    at_ = in_.forward_.next(at_, byte, steps);
    found_ = found_ || in_.forward_.ended(at_) != string_matcher::none;
  }
  return found_ || rest_.empty();
}

} // namespace troupe
