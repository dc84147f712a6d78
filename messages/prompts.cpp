#include "troupe/messages/prompts.hpp"

#include "troupe/messages/json/members.hpp"

#include <algorithm>

namespace troupe {

using namespace members;

namespace {

prompt_argument parse_argument(const json& x) {
  return {text_at(x, "name"), text_at(x, "title"), text_at(x, "description"),
          flag_at(x, "required", false)};
}

} // namespace

// -- prompts -----------------------------------------------------------------

parsed_prompt parse_prompt(const json& x) {
  if (!x.is_object())
    return {{}, "The prompt is not an object."};
  prompt result;
  result.name = text_at(x, "name");
  if (result.name.empty())
    return {{}, "The prompt has no name."};
  result.title = text_at(x, "title");
  result.description = text_at(x, "description");
  for (const auto& argument : items_at(x, "arguments"))
    if (auto parsed = parse_argument(argument); !parsed.name.empty())
      result.arguments.push_back(std::move(parsed));
  result.meta = object_at(x, "_meta");
  result.raw = x;
  return {std::move(result), {}};
}

std::string get_prompt_result::description() const {
  return text_at(raw, "description");
}

std::vector<prompt_message> get_prompt_result::messages() const {
  std::vector<prompt_message> result;
  for (const auto& x : items_at(raw, "messages"))
    result.push_back(
      {text_at(x, "role"), parse_content(object_at(x, "content"))});
  return result;
}

json get_prompt_result::meta() const {
  return object_at(raw, "_meta");
}

// -- completion --------------------------------------------------------------

std::vector<std::string> complete_result::values() const {
  std::vector<std::string> result;
  for (const auto& x : items_at(object_at(raw, "completion"), "values"))
    if (auto text = x.as_string())
      result.push_back(std::move(*text));
  return result;
}

uint64_t complete_result::total() const {
  auto x = object_at(raw, "completion").find("total");
  auto number = x ? x->as_integer().value_or(0) : 0;
  return static_cast<uint64_t>(std::max<int64_t>(number, 0));
}

bool complete_result::has_more() const {
  return flag_at(object_at(raw, "completion"), "hasMore", false);
}

} // namespace troupe
