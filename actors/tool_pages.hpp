#pragma once

#include "actors/dialect.hpp"

#include <string>
#include <unordered_set>

namespace troupe {

/// Gathers the pages of one `tools/list`. Bounded in pages and items; a cursor
/// that was there before ends the list, so that a server cannot keep us in a
/// circle. What was gathered until then counts.
class tool_pages {
public:
  /// Adds a page. Fails if it is none.
  failure add(const json& page, const dialect& spoken);

  /// Whether there is a further page; `cursor` then is its cursor, as sent.
  bool more() const {
    return !cursor_.is_null();
  }

  const json& cursor() const {
    return cursor_;
  }

  /// Why the list ended before its end; empty: it did not.
  const std::string& cut_short() const {
    return cut_short_;
  }

  tool_list take();

private:
  void add_tool(const json& x);
  void turn(const json& page, const dialect& spoken);
  void reject(std::string_view reason);

  tool_list list_;
  std::unordered_set<std::string> names_;
  std::unordered_set<std::string> cursors_;
  json cursor_;
  std::string cut_short_;
  size_t pages_ = 0;
  size_t items_ = 0;
};

} // namespace troupe
