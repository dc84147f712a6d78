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

/// A queue by owner: first in, first out for each owner, and round-robin
/// between owners, so that none waits for all entries of another. For one
/// thread at a time.
template <class T>
class turn_queue {
public:
  void push(uint64_t whose, T x) {
    auto& line = lines_[whose];
    if (line.empty())
      turns_.push_back(whose);
    line.push_back(std::move(x));
  }

  /// The next entry, of the first owner in turn for which `may` holds.
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

  /// How many `pop` would give, if each owner may have `most(whose)` now.
  template <class Most>
  size_t count(Most most) const {
    size_t result = 0;
    for (auto& [whose, line] : lines_)
      result += std::min(line.size(), most(whose));
    return result;
  }

  /// Takes out the owner's first entry for which `is_it` holds.
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

  /// Takes out all entries for which `goes` holds, and gives them to `take`,
  /// those of each owner in order.
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

  /// Calls `f` with each entry, which it may change.
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

  line_map lines_;            // by owner; none is empty
  std::list<uint64_t> turns_; // owners, each once; empty, it holds no memory
};

} // namespace troupe
