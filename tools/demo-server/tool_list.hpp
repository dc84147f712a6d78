#pragma once

#include "tools/demo-server/options.hpp"

#include "messages/json.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::demo {

/// What `tools/list` shows.
class tool_list {
public:
  explicit tool_list(const options& what);

  /// Adds so many plain tools.
  void grow(uint64_t count);

  bool contains(std::string_view name) const;

  /// Writes `tools`, and `nextCursor` where a page follows. Returns false,
  /// and writes nothing, if the cursor is none of ours.
  bool write_page(json_writer& out,
                  const std::optional<std::string>& cursor) const;

private:
  void add(std::string name, std::string_view description, const json& schema,
           bool read_only);
  std::optional<size_t> begin_of(const std::string& cursor) const;
  std::string cursor_to(size_t begin) const;

  std::vector<json> entries_;
  std::set<std::string, std::less<>> names_;
  uint64_t plain_ = 0; // plain tools so far
  size_t page_;
  bool cursor_loop_;
  bool empty_cursor_;
};

} // namespace troupe::demo
