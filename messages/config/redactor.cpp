#include "troupe/messages/config/redactor.hpp"

#include "troupe/messages/cut_text.hpp"
#include "troupe/messages/defaults.hpp"

#include <algorithm>
#include <map>

namespace troupe {

// -- hidden_values ------------------------------------------------------------

void hidden_values::hide(std::string_view value, std::string_view shown) {
  while (!value.empty()) {
    auto line = value.substr(0, value.find_first_of("\r\n"));
    value.remove_prefix(std::min(line.size() + 1, value.size()));
    if (line.size() >= defaults::redacted_bytes_min)
      entries_.push_back({std::string{line}, std::string{shown}});
  }
}

// -- redactor -----------------------------------------------------------------

redactor::redactor(const hidden_values& what) {
  std::map<std::string, std::string> by_value;
  for (const auto& x : what.entries())
    by_value.emplace(x.value, x.shown); // the first one stays
  std::map<std::string, uint32_t> reversed;
  std::vector<std::string> forward, backward;
  for (const auto& [value, shown] : by_value) {
    forward.push_back(value);
    backward.emplace_back(value.rbegin(), value.rend());
    reversed.emplace(backward.back(), static_cast<uint32_t>(shown_.size()));
    shown_.push_back(shown);
  }
  forward_ = string_matcher{std::move(forward)};
  backward_ = string_matcher{std::move(backward)};
  for (const auto& x : backward_.strings())
    of_backward_.push_back(reversed.at(x));
}

redactor_ptr make_redactor(const hidden_values& what) {
  static const auto nothing = std::make_shared<const redactor>();
  return what.entries().empty() ? nothing
                                : std::make_shared<const redactor>(what);
}

/// Regions come in the order of their ends, or of their begins; those that
/// overlap become one.
void redactor::add(regions& to, region x) {
  while (!to.empty() && to.back().end > x.begin) {
    auto& last = to.back();
    if (last.bytes >= x.bytes) {
      x.entry = last.entry;
      x.bytes = last.bytes;
    }
    x.begin = std::min(x.begin, last.begin);
    x.end = std::max(x.end, last.end);
    to.pop_back();
  }
  to.push_back(x);
}

// Before a cut mark may stand the first part of a value: it is what the matcher
// has just read.
redactor::regions redactor::find(std::string_view text, size_t& steps) const {
  regions result;
  auto at = string_matcher::start;
  for (size_t i = 0; i < text.size();) {
    at = forward_.next(at, text[i++], steps);
    if (at == string_matcher::start)
      continue;
    if (auto ended = forward_.ended(at); ended != string_matcher::none) {
      auto size = forward_.strings()[ended].size();
      add(result, {i - size, i, ended, size});
    }
    auto begun = forward_.begun(at);
    if (begun >= defaults::redacted_part_bytes_min
        && text.substr(i).starts_with(cut_mark))
      add(result, {i - begun, i, forward_.beginning(at), begun});
  }
  if (text.find(cut_mark) == text.npos)
    return result;
  auto parts = after_cuts(text, steps);
  regions merged(result.size() + parts.size());
  std::merge(result.begin(), result.end(), parts.rbegin(), parts.rend(),
             merged.begin(),
             [](auto& x, auto& y) { return x.begin < y.begin; });
  result.clear();
  for (auto& x : merged)
    add(result, x);
  return result;
}

/// After a cut stands the end of a value: reading backwards, the matcher of the
/// reversed values has just read it. From the last to the first.
redactor::regions redactor::after_cuts(std::string_view text,
                                       size_t& steps) const {
  regions result;
  auto at = string_matcher::start;
  for (auto i = text.size(); i > cut_mark.size();) {
    at = backward_.next(at, text[--i], steps);
    auto begun = backward_.begun(at);
    if (begun >= defaults::redacted_part_bytes_min
        && text.substr(0, i).ends_with(cut_mark))
      result.push_back(
        {i, i + begun, of_backward_[backward_.beginning(at)], begun});
  }
  return result;
}

// Replacements are not searched again: a shown name could hold another value.
std::string redactor::replaced(std::string_view text,
                               const regions& where) const {
  std::string result;
  size_t at = 0;
  for (const auto& x : where) {
    result += text.substr(at, x.begin - at);
    result += shown_[x.entry];
    at = x.end;
  }
  result += text.substr(at);
  return result;
}

std::string redactor::apply(std::string text, size_t* steps) const {
  if (empty())
    return text;
  size_t count = 0;
  auto where = find(text, count);
  if (steps)
    *steps += count;
  return where.empty() ? text : replaced(text, where);
}

} // namespace troupe
