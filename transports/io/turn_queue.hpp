#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <utility>

namespace troupe {

/// What waits, by whom it is for: first in, first out for each of them, and
/// each in its turn, so that nobody waits for all of another's. For one thread
/// at a time.
template <class T>
class turn_queue {
public:
  void push(uint64_t whose, T x) {
    auto& line = lines_[whose];
    if (line.empty())
      turns_.push_back(whose);
    line.push_back(std::move(x));
  }

  /// The next one, of the first in turn who may have one now.
  template <class May>
  std::optional<T> pop(May may) {
    auto i = std::find_if(turns_.begin(), turns_.end(), may);
    if (i == turns_.end())
      return std::nullopt;
    auto whose = *i;
    turns_.erase(i);
    auto line = lines_.find(whose);
    std::optional<T> result{std::move(line->second.front())};
    line->second.pop_front();
    if (line->second.empty())
      lines_.erase(line);
    else
      turns_.push_back(whose);
    return result;
  }

  /// How many `pop` would give, where each owner may have `most(whose)` now.
  template <class Most>
  size_t count(Most most) const {
    size_t result = 0;
    for (auto& [whose, line] : lines_)
      result += std::min(line.size(), most(whose));
    return result;
  }

  /// Takes back the first that `is_it`.
  template <class Predicate>
  std::optional<T> remove(uint64_t whose, Predicate is_it) {
    auto i = lines_.find(whose);
    if (i == lines_.end())
      return std::nullopt;
    auto& line = i->second;
    auto found = std::find_if(line.begin(), line.end(), is_it);
    if (found == line.end())
      return std::nullopt;
    std::optional<T> result{std::move(*found)};
    line.erase(found);
    drop_if_empty(i);
    return result;
  }

  /// Takes out all that go, and gives them to `take`, each line in its order.
  template <class Predicate, class Take>
  void remove_all(Predicate goes, Take take) {
    for (auto i = lines_.begin(); i != lines_.end();) {
      std::deque<T> kept;
      for (auto& x : i->second)
        if (goes(x))
          take(std::move(x));
        else
          kept.push_back(std::move(x));
      i->second = std::move(kept);
      drop_if_empty(i++);
    }
  }

  /// Shows each to `f`, which may change it.
  template <class F>
  void for_each(F f) {
    for (auto& [whose, line] : lines_)
      for (auto& x : line)
        f(x);
  }

private:
  using line_map = std::map<uint64_t, std::deque<T>>;

  void drop_if_empty(typename line_map::iterator i) {
    if (!i->second.empty())
      return;
    turns_.erase(std::find(turns_.begin(), turns_.end(), i->first));
    lines_.erase(i);
  }

  line_map lines_;            // none of them empty
  std::list<uint64_t> turns_; // each of them once; empty, it holds no memory
};

} // namespace troupe
