#pragma once

#include "troupe/transports/io/turn_queue.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace troupe {

/// A bounded queue that serves its owners round-robin: first in, first out for
/// each of them, so that none starves behind another's thousand. Each entry has
/// a deadline. Pure.
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

  /// Changes the bound. Entries that are queued already stay.
  void resize(size_t entries_max) {
    entries_max_ = entries_max;
  }

  /// REQUIRES: not full.
  void push(uint64_t owner, time_point deadline, T x) {
    waiting_.push(owner, {deadline, std::move(x)});
    earliest_ = std::min(earliest_, deadline);
    ++size_;
  }

  /// REQUIRES: not empty.
  T pop() {
    auto x = waiting_.pop([](uint64_t) { return true; });
    if (--size_ == 0)
      earliest_ = time_point::max();
    return std::move(x->value);
  }

  /// Takes out the first entry of `owner` for which `is_it` holds.
  template <class Predicate>
  std::optional<T> take(uint64_t owner, Predicate is_it) {
    auto x =
      waiting_.remove(owner, [&](const entry& y) { return is_it(y.value); });
    if (!x)
      return std::nullopt;
    --size_;
    return std::move(x->value);
  }

  /// Sets the deadline of each entry to what `due` returns for it.
  template <class F>
  void retime(F due) {
    earliest_ = time_point::max();
    waiting_.for_each([&](entry& x) {
      x.deadline = due(x.value);
      earliest_ = std::min(earliest_, x.deadline);
    });
  }

  /// Takes out what is overdue.
  std::vector<T> expire(time_point now) {
    return remove([now](const entry& x) { return x.deadline <= now; });
  }

  /// Takes out everything.
  std::vector<T> clear() {
    return remove([](const entry&) { return true; });
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

  template <class Predicate>
  std::vector<T> remove(Predicate goes) {
    std::vector<T> result;
    earliest_ = time_point::max();
    auto stays = [&](const entry& x) {
      earliest_ = std::min(earliest_, x.deadline);
      return false;
    };
    waiting_.remove_all([&](const entry& x) { return goes(x) || stays(x); },
                        [&](entry x) { result.push_back(std::move(x.value)); });
    size_ -= result.size();
    return result;
  }

  size_t entries_max_;
  size_t size_ = 0;
  turn_queue<entry> waiting_;
  time_point earliest_ = time_point::max();
};

} // namespace troupe
