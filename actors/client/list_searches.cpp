#include "troupe/actors/client/list_searches.hpp"

namespace troupe {

void list_searches::add(list_ended what, redactor_ptr hidden,
                        uint64_t incarnation) {
  waiting_.emplace_back(std::move(what), std::move(hidden), incarnation);
}

std::optional<list_search> list_searches::next(uint64_t incarnation,
                                               size_t& left) {
  while (!waiting_.empty()) {
    auto current = waiting_.front().incarnation() == incarnation;
    if (current && !waiting_.front().go_on(left))
      return std::nullopt;
    auto x = std::move(waiting_.front());
    waiting_.pop_front();
    if (current)
      return x;
  }
  return std::nullopt;
}

} // namespace troupe
