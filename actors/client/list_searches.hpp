#pragma once

#include "troupe/actors/client/server_words.hpp"

#include <list>
#include <optional>

namespace troupe {

/// Searches lists for hidden values, one after another, a bounded part of them
/// in each turn, so that a long one does not hold up other messages.
class list_searches {
public:
  /// `incarnation`: of the connection that the list came by.
  void add(list_ended what, redactor_ptr hidden, uint64_t incarnation);

  /// The next list that is searched to its end, if `left` bytes suffice for
  /// that. Lists of other connections than `incarnation` are dropped.
  std::optional<list_search> next(uint64_t incarnation, size_t& left);

  /// Whether another turn must be asked for: lists wait, and none is under way.
  bool ask_for_turn() {
    return !waiting_.empty() && !std::exchange(turn_asked_, true);
  }
  /// That turn has come.
  void begin_turn() {
    turn_asked_ = false;
  }

  void clear() {
    waiting_.clear();
  }

private:
  std::list<list_search> waiting_; // empty, it holds no memory
  bool turn_asked_ = false;
};

} // namespace troupe
