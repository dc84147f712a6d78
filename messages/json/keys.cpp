#include "troupe/messages/json/keys.hpp"

#include "troupe/messages/defaults.hpp"
#include "troupe/messages/json/scan.hpp"

#include <algorithm>

namespace troupe {

json_keys::json_keys(std::string_view text, std::pmr::memory_resource* memory)
  : text_(text), keys_(memory), marks_(memory) {
  keys_.reserve(48);
  marks_.reserve(defaults::json_depth_max);
}

void json_keys::begin_object() {
  marks_.push_back(static_cast<uint32_t>(keys_.size()));
}

void json_keys::add(uint32_t begin, uint32_t size, bool escaped) {
  key x{0, begin, size, plain};
  if (escaped) {
    auto decoded = unescape(text_.substr(begin, size));
    x.decoded = static_cast<uint32_t>(decoded_.size());
    x.size = static_cast<uint32_t>(decoded.size());
    decoded_ += decoded;
  }
  x.hash = std::hash<std::string_view>{}(content(x));
  keys_.push_back(x);
}

size_t json_keys::end_object() {
  constexpr ptrdiff_t few = 16; // up to here comparing all is quicker
  auto first = keys_.begin() + marks_.back();
  auto n = keys_.end() - first;
  auto result = n < 2 ? 0 : n <= few ? in_few(first) : in_many(first);
  keys_.resize(marks_.back());
  marks_.pop_back();
  return result;
}

std::string_view json_keys::content(const key& x) const {
  if (x.decoded == plain)
    return text_.substr(x.begin, x.size);
  return std::string_view{decoded_}.substr(x.decoded, x.size);
}

bool json_keys::same(const key& x, const key& y) const {
  return x.hash == y.hash && content(x) == content(y);
}

size_t json_keys::in_few(iterator first) const {
  for (auto x = first + 1; x != keys_.end(); ++x)
    for (auto y = first; y != x; ++y)
      if (same(*x, *y))
        return x->begin;
  return 0;
}

// Sorting also bounds the work for keys that were chosen to collide.
size_t json_keys::in_many(iterator first) {
  auto less = [this](const key& x, const key& y) {
    if (x.hash != y.hash)
      return x.hash < y.hash;
    auto order = content(x).compare(content(y));
    return order != 0 ? order < 0 : x.begin < y.begin;
  };
  std::sort(first, keys_.end(), less);
  size_t result = 0;
  for (auto y = first + 1; y != keys_.end(); ++y)
    if (same(y[-1], *y) && (result == 0 || y->begin < result))
      result = y->begin;
  return result;
}

} // namespace troupe
