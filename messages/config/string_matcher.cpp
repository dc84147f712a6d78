#include "troupe/messages/config/string_matcher.hpp"

#include <algorithm>

namespace troupe {

string_matcher::string_matcher(std::vector<std::string> strings)
  : strings_(std::move(strings)) {
  std::sort(strings_.begin(), strings_.end());
  strings_.erase(std::unique(strings_.begin(), strings_.end()), strings_.end());
  grow();
  link();
}

// Breadth first, so that a node's children stand in a row, and what a fallback
// leads to is known before what falls back to it.
void string_matcher::grow() {
  nodes_.push_back({0, static_cast<uint32_t>(strings_.size())});
  bytes_.push_back(0);
  for (uint32_t i = 0; i < nodes_.size(); ++i)
    grow_children(i);
  nodes_.emplace_back(); // where the last one's children end
  nodes_.back().children = static_cast<uint32_t>(bytes_.size());
}

// Strings with the same beginning stand in a row, the one that ends first.
void string_matcher::grow_children(uint32_t parent) {
  auto x = nodes_[parent];
  nodes_[parent].children = static_cast<uint32_t>(nodes_.size());
  auto i = x.first;
  if (x.depth > 0 && i != x.last && strings_[i].size() == x.depth)
    nodes_[parent].ended = i++;
  while (i != x.last) {
    auto byte = strings_[i][x.depth];
    auto first = i;
    while (i != x.last && strings_[i][x.depth] == byte)
      ++i;
    nodes_.push_back({first, i, x.depth + 1});
    bytes_.push_back(static_cast<unsigned char>(byte));
  }
}

void string_matcher::link() {
  for (auto i = nodes_[0].children; i < nodes_[1].children && i < bytes_.size();
       ++i)
    roots_[bytes_[i]] = i;
  size_t unused = 0;
  for (uint32_t parent = 1; parent < bytes_.size(); ++parent)
    for (auto i = nodes_[parent].children; i < nodes_[parent + 1].children;
         ++i) {
      auto& x = nodes_[i];
      x.fallback =
        next(nodes_[parent].fallback, static_cast<char>(bytes_[i]), unused);
      if (x.ended == none)
        x.ended = nodes_[x.fallback].ended;
    }
}

string_matcher::state string_matcher::child(state of, char byte) const {
  auto wanted = static_cast<unsigned char>(byte);
  if (of == start)
    return roots_[wanted];
  auto begin = bytes_.begin() + nodes_[of].children;
  auto end = bytes_.begin() + nodes_[of + 1].children;
  auto found = std::lower_bound(begin, end, wanted);
  return found != end && *found == wanted
           ? static_cast<state>(found - bytes_.begin())
           : start;
}

// Amortized cost: each fallback takes back a step forward.
string_matcher::state string_matcher::next(state from, char byte,
                                           size_t& steps) const {
  for (;; from = nodes_[from].fallback) {
    ++steps;
    if (auto to = child(from, byte); to != start || from == start)
      return to;
  }
}

} // namespace troupe
