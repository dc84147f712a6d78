#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace troupe {

/// A bounded queue that serves its owners in turn: first in, first out for each
/// of them, and nobody starves behind another's thousand. Each entry has a
/// deadline. Pure.
template <class T>
class fair_queue {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit fair_queue(size_t entries_max) : entries_max_(entries_max) {
    // nop
  }

  size_t size() const {
    return size_;
  }

  bool empty() const {
    return size_ == 0;
  }

  bool full() const {
    return size_ >= entries_max_;
  }

  /// From now on so many may wait. Nobody who waits already is sent away.
  void resize(size_t entries_max) {
    entries_max_ = entries_max;
  }

  /// REQUIRES: not full.
  void push(uint64_t owner, time_point deadline, T x) {
    auto& line = lines_[owner];
    if (line.empty())
      turns_.push_back(owner);
    line.push_back({deadline, std::move(x)});
    earliest_ = std::min(earliest_, deadline);
    ++size_;
  }

  /// REQUIRES: not empty.
  T pop() {
    auto owner = turns_.front();
    turns_.pop_front();
    auto i = lines_.find(owner);
    auto x = std::move(i->second.front().value);
    i->second.pop_front();
    --size_;
    if (i->second.empty())
      lines_.erase(i);
    else
      turns_.push_back(owner);
    if (size_ == 0)
      earliest_ = time_point::max();
    return x;
  }

  /// Takes out the first entry of `owner` that `is_it`.
  template <class Predicate>
  std::optional<T> take(uint64_t owner, Predicate is_it) {
    auto i = lines_.find(owner);
    if (i == lines_.end())
      return std::nullopt;
    auto& line = i->second;
    auto j = std::find_if(line.begin(), line.end(),
                          [&](auto& x) { return is_it(x.value); });
    if (j == line.end())
      return std::nullopt;
    std::optional<T> result{std::move(j->value)};
    line.erase(j);
    drop_if_empty(i);
    return result;
  }

  /// Takes out what is overdue.
  std::vector<T> expire(time_point now) {
    return remove([now](auto& x) { return x.deadline <= now; });
  }

  /// Takes out everything.
  std::vector<T> clear() {
    return remove([](auto&) { return true; });
  }

  /// No entry is due before; may be early.
  std::optional<time_point> next_deadline() const {
    if (size_ == 0)
      return std::nullopt;
    return earliest_;
  }

private:
  struct entry {
    time_point deadline;
    T value;
  };
  using line_map = std::map<uint64_t, std::deque<entry>>;

  template <class Predicate>
  std::vector<T> remove(Predicate goes) {
    std::vector<T> result;
    earliest_ = time_point::max();
    for (auto i = lines_.begin(); i != lines_.end();) {
      std::deque<entry> kept;
      for (auto& x : i->second) {
        if (goes(x)) {
          result.push_back(std::move(x.value));
        } else {
          earliest_ = std::min(earliest_, x.deadline);
          kept.push_back(std::move(x));
        }
      }
      i->second = std::move(kept);
      auto here = i++;
      if (here->second.empty()) {
        turns_.remove(here->first);
        lines_.erase(here);
      }
    }
    size_ -= result.size();
    return result;
  }

  void drop_if_empty(typename line_map::iterator i) {
    --size_;
    if (!i->second.empty())
      return;
    turns_.remove(i->first);
    lines_.erase(i);
  }

  size_t entries_max_;
  size_t size_ = 0;
  line_map lines_;
  std::list<uint64_t> turns_;
  time_point earliest_ = time_point::max();
};

} // namespace troupe
