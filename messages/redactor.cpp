#include "messages/redactor.hpp"

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

// What was put in is not searched again: a name could hold another value.
std::string redactor::apply(std::string text) const {
  if (entries_.empty())
    return text;
  std::string result;
  for (size_t at = 0; at < text.size();) {
    auto rest = std::string_view{text}.substr(at);
    auto stands_here = [rest](auto& x) { return rest.starts_with(x.value); };
    auto found = std::find_if(entries_.begin(), entries_.end(), stands_here);
    if (found == entries_.end()) {
      result += text[at++];
      continue;
    }
    result += found->shown;
    at += found->value.size();
  }
  return result;
}

} // namespace troupe
