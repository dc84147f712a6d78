#include "troupe/tests/support/same_json.hpp"

#include <algorithm>

namespace troupe::test {

namespace {

bool same_members(const json& x, const json& y) {
  auto xs = x.members();
  auto ys = y.members();
  auto by_key = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::sort(xs.begin(), xs.end(), by_key);
  std::sort(ys.begin(), ys.end(), by_key);
  auto same = [](const auto& a, const auto& b) {
    return a.first == b.first && same_json(a.second, b.second);
  };
  return std::equal(xs.begin(), xs.end(), ys.begin(), ys.end(), same);
}

bool same_items(const json& x, const json& y) {
  auto xs = x.items();
  auto ys = y.items();
  return std::equal(xs.begin(), xs.end(), ys.begin(), ys.end(), same_json);
}

} // namespace

bool same_json(const json& x, const json& y) {
  if (x.type() != y.type())
    return false;
  switch (x.type()) {
    case json::kind::object: return same_members(x, y);
    case json::kind::array: return same_items(x, y);
    case json::kind::string: return x.as_string() == y.as_string();
    case json::kind::number:
      return x.text() == y.text() || x.as_double() == y.as_double();
    default: return x.text() == y.text();
  }
}

} // namespace troupe::test
