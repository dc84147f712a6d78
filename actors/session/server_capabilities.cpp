#include "troupe/actors/session/server_capabilities.hpp"

#include "troupe/messages/json/members.hpp"

namespace troupe {

namespace {

bool announces(const json& capabilities, std::string_view what) {
  return members::flag_at(members::object_at(capabilities, what), "listChanged",
                          false);
}

} // namespace

offer_list empty_list(offer_kind x) {
  switch (x) {
    case offer_kind::tools: break;
    case offer_kind::resources: return resource_list{};
    case offer_kind::resource_templates: return resource_template_list{};
    case offer_kind::prompts: return prompt_list{};
  }
  return tool_list{};
}

const offer_words& words_of(offer_kind x) {
  static constexpr offer_words words[offer_kinds]{
    {"tools/list", "tools", "tools"},
    {"resources/list", "resources", "resources"},
    {"resources/templates/list", "resourceTemplates", "resource templates"},
    {"prompts/list", "prompts", "prompts"}};
  return words[static_cast<size_t>(x)];
}

bool server_capabilities::has(offer_kind x) const {
  switch (x) {
    case offer_kind::tools: return tools;
    case offer_kind::resources:
    case offer_kind::resource_templates: return resources;
    case offer_kind::prompts: return prompts;
  }
  return false;
}

server_capabilities read_offers(const json& capabilities) {
  server_capabilities result;
  auto names = [&](std::string_view what) {
    auto member = capabilities.find(what);
    return member && !member->is_null();
  };
  result.tools = names("tools");
  result.resources = names("resources");
  result.prompts = names("prompts");
  result.completions = names("completions");
  result.tools_change = announces(capabilities, "tools");
  result.resources_change = announces(capabilities, "resources");
  result.prompts_change = announces(capabilities, "prompts");
  return result;
}

} // namespace troupe
