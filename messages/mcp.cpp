#include "troupe/messages/mcp.hpp"

#include "troupe/messages/json/members.hpp"

namespace troupe {

using namespace members;

namespace {

// JSON Schema: an object or a boolean.
json schema_at(const json& x, std::string_view key) {
  auto member = x.find(key);
  return member && (member->is_object() || member->as_bool()) ? *member
                                                              : json{};
}

tool_annotations read_annotations(const json& x) {
  tool_annotations result;
  result.title = text_at(x, "title");
  result.read_only_hint = flag_at(x, "readOnlyHint", result.read_only_hint);
  result.destructive_hint =
    flag_at(x, "destructiveHint", result.destructive_hint);
  result.idempotent_hint = flag_at(x, "idempotentHint", result.idempotent_hint);
  result.open_world_hint = flag_at(x, "openWorldHint", result.open_world_hint);
  return result;
}

parsed_tool refused(std::string error) {
  return {{}, std::move(error)};
}

} // namespace

// -- tools -------------------------------------------------------------------

parsed_tool parse_tool(const json& x) {
  if (!x.is_object())
    return refused("The tool is not an object.");
  tool result;
  result.name = text_at(x, "name");
  if (result.name.empty())
    return refused("The tool has no name.");
  result.input_schema = schema_at(x, "inputSchema");
  if (result.input_schema.is_null())
    return refused("The tool '" + result.name
                   + "' has no inputSchema that is an object or a boolean.");
  result.title = text_at(x, "title");
  result.description = text_at(x, "description");
  result.output_schema = schema_at(x, "outputSchema");
  result.annotations = read_annotations(object_at(x, "annotations"));
  result.meta = object_at(x, "_meta");
  result.raw = x;
  return {std::move(result), {}};
}

// -- results -----------------------------------------------------------------

content_block parse_content(const json& x) {
  content_block result;
  result.type = text_at(x, "type");
  result.annotations = object_at(x, "annotations");
  result.meta = object_at(x, "_meta");
  result.raw = x;
  if (result.type == "text") {
    result.text = text_at(x, "text");
  } else if (result.type == "image" || result.type == "audio") {
    result.data = text_at(x, "data");
    result.mime_type = text_at(x, "mimeType");
  } else if (result.type == "resource_link") {
    result.uri = text_at(x, "uri");
    result.name = text_at(x, "name");
    result.mime_type = text_at(x, "mimeType");
  } else if (result.type == "resource") {
    auto embedded = object_at(x, "resource");
    result.uri = text_at(embedded, "uri");
    result.mime_type = text_at(embedded, "mimeType");
    result.text = text_at(embedded, "text");
    result.data = text_at(embedded, "blob");
  }
  return result;
}

content_block text_content(std::string text) {
  content_block result;
  result.type = "text";
  result.text = std::move(text);
  return result;
}

bool is_writable(const content_block& x) {
  return x.raw.is_object() || x.type == "text" || x.type == "image"
         || x.type == "audio";
}

json to_json(const content_block& x) {
  if (x.raw.is_object())
    return x.raw;
  json_writer out;
  out.begin_object().member("type", std::string_view{x.type});
  if (x.type == "text")
    out.member("text", std::string_view{x.text});
  else
    out.member("data", std::string_view{x.data})
      .member("mimeType", std::string_view{x.mime_type});
  if (x.annotations.is_object())
    out.member("annotations", x.annotations);
  if (x.meta.is_object())
    out.member("_meta", x.meta);
  return out.end_object().finish();
}

bool call_tool_result::is_error() const {
  return flag_at(raw, "isError", false);
}

std::vector<content_block> call_tool_result::content() const {
  std::vector<content_block> result;
  for (const auto& block : items_at(raw, "content"))
    result.push_back(parse_content(block));
  return result;
}

json call_tool_result::structured_content() const {
  return raw.find("structuredContent").value_or(json{});
}

json call_tool_result::meta() const {
  return object_at(raw, "_meta");
}

std::string call_tool_result::text() const {
  std::string result;
  bool first = true;
  for (const auto& block : content()) {
    if (block.type != "text")
      continue;
    if (!std::exchange(first, false))
      result += '\n';
    result += block.text;
  }
  return result;
}

// -- protocol versions -------------------------------------------------------

const std::vector<std::string_view>& legacy_versions() {
  static const std::vector<std::string_view> result = {
    latest_legacy_version, "2025-06-18", "2025-03-26", "2024-11-05"};
  return result;
}

} // namespace troupe
