#include "troupe/messages/sampling.hpp"

#include "troupe/messages/json/members.hpp"

#include <algorithm>

namespace troupe {

using namespace members;

namespace {

bool is_role(std::string_view x) {
  return x == "user" || x == "assistant";
}

std::optional<double> number_at(const json& x, std::string_view key) {
  auto member = x.find(key);
  return member ? member->as_double() : std::nullopt;
}

json array_at(const json& x, std::string_view key) {
  auto member = x.find(key);
  return member && member->is_array() ? *member : json{};
}

std::vector<std::string> texts_at(const json& x, std::string_view key) {
  std::vector<std::string> result;
  for (const auto& item : items_at(x, key))
    if (auto text = item.as_string())
      result.push_back(std::move(*text));
  return result;
}

model_preferences read_preferences(const json& x) {
  model_preferences result;
  for (const auto& hint : items_at(x, "hints"))
    if (auto name = text_at(hint, "name"); !name.empty())
      result.hints.push_back(std::move(name));
  result.cost_priority = number_at(x, "costPriority");
  result.speed_priority = number_at(x, "speedPriority");
  result.intelligence_priority = number_at(x, "intelligencePriority");
  return result;
}

/// One block, or an array of them.
std::vector<content_block> read_content(const json& x) {
  std::vector<content_block> result;
  auto content = x.find("content").value_or(json{});
  auto blocks = content.is_object() ? std::vector{content} : content.items();
  for (const auto& block : blocks)
    if (block.is_object())
      result.push_back(parse_content(block));
  return result;
}

/// A sentence about a message that is none; empty: it was read.
std::string read_sampling_message(const json& x, sampling_message& out) {
  out.role = text_at(x, "role");
  if (!is_role(out.role))
    return "is of neither the user nor the assistant";
  out.content = read_content(x);
  if (out.content.empty())
    return "has no content";
  out.meta = object_at(x, "_meta");
  return {};
}

std::string read_messages(const json& params, sampling_request& out) {
  for (const auto& x : items_at(params, "messages")) {
    auto fault = read_sampling_message(x, out.messages.emplace_back());
    if (!fault.empty())
      return "Message " + std::to_string(out.messages.size()) + " " + fault
             + ".";
  }
  return out.messages.empty() ? "The request has no messages." : "";
}

} // namespace

// -- requests -----------------------------------------------------------------

parsed_sampling_request parse_sampling_request(const json& params) {
  sampling_request x;
  if (auto fault = read_messages(params, x); !fault.empty())
    return {{}, std::move(fault)};
  auto limit = params.find("maxTokens");
  auto max_tokens = limit ? limit->as_integer() : std::nullopt;
  if (!max_tokens || *max_tokens < 1)
    return {{}, "The request has no maxTokens above zero."};
  x.max_tokens = *max_tokens;
  x.system_prompt = text_at(params, "systemPrompt");
  x.temperature = number_at(params, "temperature");
  x.stop_sequences = texts_at(params, "stopSequences");
  x.preferences = read_preferences(object_at(params, "modelPreferences"));
  x.include_context = text_at(params, "includeContext");
  x.tools = array_at(params, "tools");
  x.tool_choice = object_at(params, "toolChoice");
  x.metadata = object_at(params, "metadata");
  x.raw = params;
  return {std::move(x), {}};
}

// -- results ------------------------------------------------------------------

std::string fault_of(const create_message_result& x) {
  if (!is_role(x.role))
    return "is of neither the user nor the assistant";
  if (x.content.empty())
    return "has no content";
  for (size_t i = 0; i < x.content.size(); ++i)
    if (!is_writable(x.content[i]))
      return "has a content block (" + std::to_string(i)
             + ") that is no text, image or audio, and has no raw";
  if (x.model.empty())
    return "names no model";
  return is_optional_object(x.meta) ? "" : "has a meta that is no object";
}

// An array only where it must be one: servers up to 2025-06-18 know no other
// content than one block.
json to_json(const create_message_result& x) {
  json_writer out;
  out.begin_object().member("role", std::string_view{x.role}).key("content");
  if (x.content.size() != 1)
    out.begin_array();
  for (const auto& block : x.content)
    out.value(to_json(block));
  if (x.content.size() != 1)
    out.end_array();
  out.member("model", std::string_view{x.model});
  if (!x.stop_reason.empty())
    out.member("stopReason", std::string_view{x.stop_reason});
  if (x.meta.is_object())
    out.member("_meta", x.meta);
  return out.end_object().finish();
}

} // namespace troupe
