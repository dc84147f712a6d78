#pragma once

#include "troupe/tools/demo-server/options.hpp"

#include "troupe/messages/json/json.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::demo {

/// A parameter that HTTP repeats in a header, and where it stands (MCP
/// 2026-07-28, `x-mcp-header`).
struct mirrored_parameter {
  std::string header; ///< without `Mcp-Param-`
  std::vector<std::string> path;
};

/// What `tools/list` shows.
class tool_list {
public:
  explicit tool_list(const options& what);

  /// Adds `count` plain tools.
  void grow(uint64_t count);

  bool contains(std::string_view name) const;

  /// Counts a call, which may change what the next one repeats in headers.
  void called(std::string_view name);

  /// What a call of the tool repeats in headers.
  const std::vector<mirrored_parameter>& mirrored(std::string_view name) const;

  /// Writes `tools`, and `nextCursor` where a page follows. Returns false,
  /// and writes nothing, if the cursor is not one of ours.
  bool write_page(json_writer& out,
                  const std::optional<std::string>& cursor) const;

private:
  void add(std::string name, std::string_view description, const json& schema,
           bool read_only);
  std::optional<size_t> begin_of(const std::string& cursor) const;
  std::string cursor_to(size_t begin) const;

  void rename_headers();
  void find_mirrored(const std::string& name, const json& schema,
                     std::vector<std::string>& path);

  std::vector<json> entries_;
  std::set<std::string, std::less<>> names_;
  std::map<std::string, std::vector<mirrored_parameter>, std::less<>> mirrored_;
  uint64_t plain_ = 0;      // plain tools so far
  size_t annotated_at_ = 0; // in entries_
  size_t page_;
  bool cursor_loop_;
  bool empty_cursor_;
  uint64_t left_until_renamed_;
};

} // namespace troupe::demo
