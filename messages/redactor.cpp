#include "messages/redactor.hpp"

#include "messages/cut_text.hpp"
#include "messages/defaults.hpp"

#include <algorithm>

namespace troupe {

void redactor::hide(std::string_view value, std::string_view shown) {
  while (!value.empty()) {
    auto line = value.substr(0, value.find_first_of("\r\n"));
    value.remove_prefix(std::min(line.size() + 1, value.size()));
    if (line.size() < defaults::redacted_bytes_min)
      continue;
    auto shorter = [&](const entry& x) { return x.value.size() < line.size(); };
    auto place = std::find_if(entries_.begin(), entries_.end(), shorter);
    entries_.insert(place, {std::string{line}, std::string{shown}});
  }
}

namespace {

/// How much of `value` stands before the cut that `rest` begins with.
size_t part_before_cut(std::string_view value, std::string_view rest) {
  auto [end, at] =
    std::mismatch(value.begin(), value.end(), rest.begin(), rest.end());
  auto size = static_cast<size_t>(end - value.begin());
  return rest.substr(size).starts_with(cut_mark) ? size : 0;
}

/// How much of the end of `value` `rest` begins with.
size_t part_after_cut(std::string_view value, std::string_view rest) {
  auto size = std::min(value.size(), rest.size());
  while (size > 0 && !rest.starts_with(value.substr(value.size() - size)))
    --size;
  return size;
}

} // namespace

redactor::match redactor::find(std::string_view rest, bool after_cut) const {
  for (auto& x : entries_)
    if (rest.starts_with(x.value))
      return {x.value.size(), x.shown};
  for (auto& x : entries_) {
    auto size = part_before_cut(x.value, rest);
    if (after_cut)
      size = std::max(size, part_after_cut(x.value, rest));
    if (size >= defaults::redacted_part_bytes_min)
      return {size, x.shown};
  }
  return {};
}

// What was put in is not searched again: a name could hold another value.
std::string redactor::apply(std::string text) const {
  if (entries_.empty())
    return text;
  std::string result;
  auto after_cut = false;
  for (size_t at = 0; at < text.size();) {
    auto rest = std::string_view{text}.substr(at);
    if (auto found = find(rest, after_cut); found.bytes > 0) {
      result += found.shown;
      at += found.bytes;
    } else {
      result += text[at++];
    }
    after_cut = std::string_view{text}.substr(0, at).ends_with(cut_mark);
  }
  return result;
}

namespace {

/// Where the string that begins `text` ends.
size_t string_size(std::string_view text) {
  size_t at = 1;
  while (at < text.size() && text[at] != '"')
    at += text[at] == '\\' ? 2 : 1;
  return at + 1;
}

} // namespace

// What stands between strings is copied: a hidden number, or a value that looks
// like several of JSON's, is found at the end.
json redactor::apply(const json& x) const {
  if (entries_.empty() || x.is_null())
    return x;
  std::string result;
  for (auto text = x.text(); !text.empty();) {
    auto outside = std::min(text.find('"'), text.size());
    result += text.substr(0, outside);
    text.remove_prefix(outside);
    if (text.empty())
      break;
    auto literal = std::string{text.substr(0, string_size(text))};
    text.remove_prefix(literal.size());
    auto content = json::parse(literal).value.as_string().value_or("");
    if (auto shown = apply(content); shown == content)
      result += literal;
    else
      append_json(result, shown);
  }
  if (result == x.text() && apply(result) == result)
    return x;
  auto again = json::parse(result);
  return again.ok() && apply(result) == result ? again.value : json{};
}

} // namespace troupe
