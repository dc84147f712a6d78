#include "troupe/tools/demo-server/tool_list.hpp"

#include <charconv>

namespace troupe::demo {

namespace {

struct entry {
  const char* name;
  const char* description;
  const char* properties;
  bool read_only = false; // declared as `readOnlyHint`
};

// Each tool takes a `key` besides: the ledger counts by it.
constexpr entry own_tools[] = {
  {"echo", "Gives back `text`, and `structured` where it is given.",
   R"("text":{"type":"string"},"structured":{})", true},
  {"note", "Leaves a line in the ledger: to be called once.", ""},
  {"sleep", "Answers after `ms` milliseconds. Can be cancelled.",
   R"("ms":{"type":"integer"})", true},
  {"progress", "Reports `steps` steps, `ms` milliseconds apart.",
   R"("steps":{"type":"integer"},"ms":{"type":"integer"})", true},
  {"blob", "Gives a text of `bytes` bytes.", R"("bytes":{"type":"integer"})",
   true},
  {"fail", "Fails, with `text`.", R"("text":{"type":"string"})"},
  {"crash", "Dies of `signal` (KILL), or exits with `status`.",
   R"("signal":{"type":"integer"},"status":{"type":"integer"})"},
  {"env", "Names the variables of the environment, without values.", "", true},
  {"pids", "Gives the server's pid and those of its helpers.", "", true},
  {"count", "Says how often each key's call was executed.", "", true},
  {"grow", "Adds `tools` tools, and says `times` times that the list changed.",
   R"("tools":{"type":"integer"},"times":{"type":"integer"})"},
};

// Tools that are listed over HTTP only.
constexpr entry annotated = {
  "annotated", "Takes parameters that HTTP repeats in headers.",
  R"("region":{"type":"string","x-mcp-header":"Region"},)"
  R"("count":{"type":"integer","x-mcp-header":"Count"},)"
  R"("dry":{"type":"boolean","x-mcp-header":"Dry-Run"},)"
  R"("inner":{"type":"object","properties":)"
  R"({"deep":{"type":"string","x-mcp-header":"Deep"}}})"};
constexpr entry wrongly_annotated = {
  "wrongly_annotated", "Has an annotation that is not allowed.",
  R"("region":{"type":"object","x-mcp-header":"Region"})"};

json schema_of(std::string_view properties) {
  auto text = std::string{R"({"type":"object","properties":{)"};
  text += properties;
  if (!properties.empty())
    text += ',';
  return json::trusted(text + R"("key":{"type":"string"}}})");
}

} // namespace

tool_list::tool_list(const options& what)
  : page_(what.page), cursor_loop_(what.cursor_loop),
    empty_cursor_(what.empty_cursor),
    left_until_renamed_(what.http.rename_headers) {
  for (auto& x : own_tools) {
    add(x.name, x.description, schema_of(x.properties), x.read_only);
    if (what.bad_tool && entries_.size() == 1)
      entries_.push_back(json::trusted(R"({"name":7,"title":"no tool"})"));
  }
  if (what.http.port) {
    annotated_at_ = entries_.size();
    add(annotated.name, annotated.description, schema_of(annotated.properties),
        false);
    if (what.bad_tool)
      add(wrongly_annotated.name, wrongly_annotated.description,
          schema_of(wrongly_annotated.properties), false);
  }
  grow(what.tools);
}

void tool_list::grow(uint64_t count) {
  for (uint64_t i = 0; i < count; ++i)
    add("plain_" + std::to_string(++plain_), "Gives back its own name.",
        schema_of(""), true);
}

bool tool_list::contains(std::string_view name) const {
  return names_.find(name) != names_.end();
}

void tool_list::called(std::string_view name) {
  if (name == annotated.name && left_until_renamed_ > 0
      && --left_until_renamed_ == 0)
    rename_headers();
}

const std::vector<mirrored_parameter>&
tool_list::mirrored(std::string_view name) const {
  static const std::vector<mirrored_parameter> none;
  auto found = mirrored_.find(name);
  return found == mirrored_.end() ? none : found->second;
}

bool tool_list::write_page(json_writer& out,
                           const std::optional<std::string>& cursor) const {
  auto begin = cursor ? begin_of(*cursor) : std::optional<size_t>{0};
  if (!begin)
    return false;
  auto end =
    page_ == 0 ? entries_.size() : std::min(entries_.size(), *begin + page_);
  out.key("tools").begin_array();
  for (auto i = *begin; i < end; ++i)
    out.value(entries_[i]);
  out.end_array();
  if (cursor_loop_)
    out.member("nextCursor", "again");
  else if (end < entries_.size())
    out.member("nextCursor", cursor_to(end));
  return true;
}

// -- steps --------------------------------------------------------------------

void tool_list::add(std::string name, std::string_view description,
                    const json& schema, bool read_only) {
  json_writer out;
  out.begin_object()
    .member("name", std::string_view{name})
    .member("description", description)
    .member("inputSchema", schema);
  out.key("annotations").begin_object();
  out.member("readOnlyHint", read_only).end_object();
  entries_.push_back(out.end_object().finish());
  if (schema.text().find("x-mcp-header") != std::string_view::npos) {
    std::vector<std::string> path;
    find_mirrored(name, schema, path);
  }
  names_.insert(std::move(name));
}

// The tool keeps its position in the list.
void tool_list::rename_headers() {
  constexpr std::string_view before = R"("x-mcp-header":")";
  std::string properties{annotated.properties};
  for (auto at = properties.find(before); at != properties.npos;
       at = properties.find(before, at + 1))
    properties.insert(at + before.size(), "New-");
  mirrored_.erase(annotated.name);
  add(annotated.name, annotated.description, schema_of(properties), false);
  entries_[annotated_at_] = std::move(entries_.back());
  entries_.pop_back();
}

// Below `properties` alone; no schema of ours is deep.
void tool_list::find_mirrored(const std::string& name, const json& schema,
                              std::vector<std::string>& path) {
  auto properties = schema.find("properties").value_or(json{});
  for (auto& [key, value] : properties.members()) {
    path.push_back(key);
    if (auto header = value.find("x-mcp-header"))
      mirrored_[name].push_back({header->as_string().value_or(""), path});
    find_mirrored(name, value, path);
    path.pop_back();
  }
}

std::optional<size_t> tool_list::begin_of(const std::string& cursor) const {
  if (cursor_loop_ && cursor == "again")
    return 0;
  if (empty_cursor_ && cursor.empty())
    return std::min(page_, entries_.size());
  size_t result = 0;
  if (!cursor.starts_with("at:"))
    return std::nullopt;
  auto last = cursor.data() + cursor.size();
  auto [end, error] = std::from_chars(cursor.data() + 3, last, result);
  if (error != std::errc{} || end != last || result > entries_.size())
    return std::nullopt;
  return result;
}

std::string tool_list::cursor_to(size_t begin) const {
  if (empty_cursor_ && begin == page_)
    return {};
  return "at:" + std::to_string(begin);
}

} // namespace troupe::demo
