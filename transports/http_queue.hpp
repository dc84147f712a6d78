#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace troupe {

/// What waits, by whom it is for: each in its turn, so that nobody waits for
/// all of another's. For one thread at a time.
template <class T>
class http_queue {
public:
  void push(uint64_t whose, T x) {
    auto& list = waiting_[whose];
    if (list.empty())
      turns_.push_back(whose);
    list.push_back(std::move(x));
  }

  /// The next one, of the first in turn who may have one now.
  std::optional<T> pop(const std::function<bool(uint64_t)>& may) {
    auto i = std::find_if(turns_.begin(), turns_.end(), may);
    if (i == turns_.end())
      return std::nullopt;
    auto whose = *i;
    turns_.erase(i);
    auto& list = waiting_[whose];
    auto result = std::optional<T>{std::move(list.front())};
    list.pop_front();
    if (list.empty())
      waiting_.erase(whose);
    else
      turns_.push_back(whose);
    return result;
  }

  /// Takes one back.
  template <class Predicate>
  std::optional<T> remove(uint64_t whose, Predicate is_it) {
    auto i = waiting_.find(whose);
    if (i == waiting_.end())
      return std::nullopt;
    auto& list = i->second;
    auto found = std::find_if(list.begin(), list.end(), is_it);
    if (found == list.end())
      return std::nullopt;
    auto result = std::optional<T>{std::move(*found)};
    list.erase(found);
    if (list.empty()) {
      waiting_.erase(i);
      turns_.erase(std::find(turns_.begin(), turns_.end(), whose));
    }
    return result;
  }

private:
  std::map<uint64_t, std::deque<T>> waiting_; // none of them empty
  std::deque<uint64_t> turns_;                // each of them once
};

} // namespace troupe
