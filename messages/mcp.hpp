#pragma once

#include "troupe/messages/json/json.hpp"

#include <map>
#include <string>
#include <vector>

/// The MCP types that travel. Each keeps the JSON it came from, so that members
/// unknown to us survive.
namespace troupe {

/// A server's or client's name and version (schema: Implementation).
struct implementation {
  std::string name;
  std::string title;
  std::string version;
};

TROUPE_INSPECT(implementation, name, title, version)

/// What a server says about a tool's behaviour. Not to be trusted unless the
/// server is; used here only to be stricter (schema: ToolAnnotations).
struct tool_annotations {
  std::string title;
  bool read_only_hint = false;
  bool destructive_hint = true;
  bool idempotent_hint = false;
  bool open_world_hint = true;
};

TROUPE_INSPECT(tool_annotations, title, read_only_hint, destructive_hint,
               idempotent_hint, open_world_hint)

/// (schema: Tool)
struct tool {
  std::string name;
  std::string title;
  std::string description;
  json input_schema;
  json output_schema; ///< Null where absent.
  tool_annotations annotations;
  json meta; ///< `_meta`; null where absent.
  json raw;  ///< The tool as the server sent it.
};

TROUPE_INSPECT(tool, name, title, description, input_schema, output_schema,
               annotations, meta, raw)

/// Fails with a sentence that says what is missing.
struct parsed_tool {
  tool value;
  std::string error;
};
parsed_tool parse_tool(const json& x);

/// One piece of a result (schema: ContentBlock): `text`, `image`, `audio`,
/// `resource_link` or `resource`. Another kind keeps its `raw` alone.
struct content_block {
  std::string type;
  std::string text;      ///< text; or an embedded text resource's content
  std::string data;      ///< image, audio, or an embedded blob: Base64 as sent
  std::string mime_type; ///< image, audio, resources
  std::string uri;       ///< resource_link, resource
  std::string name;      ///< resource_link
  json annotations;
  json meta;
  json raw;
};

TROUPE_INSPECT(content_block, type, text, data, mime_type, uri, name,
               annotations, meta, raw)

content_block parse_content(const json& x);

/// One that a program makes.
content_block text_content(std::string text);

/// Whether it can be written: by its `raw`, or by its members where it is
/// `text`, `image` or `audio`.
bool is_writable(const content_block& x);
json to_json(const content_block& x);

/// What a tool gave back (schema: CallToolResult). The parts are read from
/// `raw` on request: parts that are not used are never parsed.
struct call_tool_result {
  json raw;

  /// `isError`: the tool ran and failed; its content says how.
  bool is_error() const;
  std::vector<content_block> content() const;
  /// `structuredContent`; null where absent.
  json structured_content() const;
  /// `_meta`; null where absent.
  json meta() const;
  /// All text content, joined by line ends.
  std::string text() const;
};

TROUPE_INSPECT(call_tool_result, raw)

/// All pages of `tools/list`.
struct tool_list {
  std::vector<tool> tools;
  /// A sentence for each entry that is left out; it never hides the others.
  std::vector<std::string> rejected;
  /// Whether this is the last good list of a server that is not ready now.
  bool stale = false;
  /// Why entries are missing at its end ("cut after 10000 tools"); empty where
  /// the list is whole.
  std::string cut;
};

TROUPE_INSPECT(tool_list, tools, rejected, stale, cut)

// -- protocol versions --------------------------------------------------------

inline constexpr std::string_view modern_version = "2026-07-28";
inline constexpr std::string_view latest_legacy_version = "2025-11-25";

/// The legacy versions that this client speaks, newest first.
const std::vector<std::string_view>& legacy_versions();

} // namespace troupe
