#pragma once

#include <deque>

namespace troupe {

/// Tasks that wait for a thread: those that never block, and those that may.
class task_queue {
public:
  void put(void* task, bool may_block) {
    (may_block ? long_ : short_).push_back(task);
  }

  /// The oldest of both kinds in turn; null: there is none.
  void* take() {
    long_is_next_ = !long_is_next_;
    auto result = take_from(long_is_next_ ? long_ : short_);
    return result != nullptr ? result
                             : take_from(long_is_next_ ? short_ : long_);
  }

  bool any_short() const {
    return !short_.empty();
  }

  /// The oldest that never blocks.
  void* take_short() {
    return take_from(short_);
  }

private:
  static void* take_from(std::deque<void*>& queue) {
    if (queue.empty())
      return nullptr;
    auto result = queue.front();
    queue.pop_front();
    return result;
  }

  std::deque<void*> short_;
  std::deque<void*> long_;
  bool long_is_next_ = false;
};

} // namespace troupe
