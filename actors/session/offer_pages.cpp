#include "troupe/actors/session/offer_pages.hpp"

#include "troupe/actors/session/parameter_headers.hpp"
#include "troupe/messages/cut_text.hpp"

namespace troupe {

failure offer_pages::add(const json& page, const dialect& spoken) {
  cursor_ = json{};
  ++pages_;
  auto items = page.find(words_.member);
  if (!items || !items->is_array()) {
    return {errc::protocol_error, fate::refused,
            std::string{words_.method} + " was answered without an array of "
              + std::string{words_.noun}};
  }
  for (const auto& x : items->items()) {
    if (items_ == defaults::list_items_max) {
      cut_short_ = "the list of " + std::string{words_.noun} + " was cut after "
                   + std::to_string(items_) + " items";
      return {};
    }
    ++items_;
    std::visit([&](auto& to) { add_item(to, x); }, list_);
  }
  turn(page, spoken);
  return {};
}

offer_list offer_pages::take() {
  if (!cut_short_.empty())
    std::visit([&](auto& to) { to.cut = cut_short_; }, list_);
  return std::move(list_);
}

// -- items -------------------------------------------------------------------

void offer_pages::add_item(tool_list& to, const json& x) {
  auto parsed = parse_tool(x);
  // MCP 2026-07-28, "Custom Headers from Tool Parameters": such a tool MUST be
  // excluded, and the others MUST stay.
  if (over_http_ && parsed.error.empty())
    if (auto fault = header_fault(parsed.value.input_schema); !fault.empty())
      parsed.error = "The tool '" + parsed.value.name + "': " + fault + ".";
  put(to.tools, std::move(parsed), &tool::name);
}

void offer_pages::add_item(resource_list& to, const json& x) {
  put(to.resources, parse_resource(x), &resource::uri);
}

void offer_pages::add_item(resource_template_list& to, const json& x) {
  put(to.templates, parse_resource_template(x),
      &resource_template::uri_template);
}

void offer_pages::add_item(prompt_list& to, const json& x) {
  put(to.prompts, parse_prompt(x), &prompt::name);
}

template <class T, class Parsed>
void offer_pages::put(std::vector<T>& to, Parsed parsed, std::string T::*key) {
  if (!parsed.error.empty()) {
    reject(parsed.error);
    return;
  }
  const auto& name = parsed.value.*key;
  if (keys_.insert(name).second) {
    to.push_back(std::move(parsed.value));
    return;
  }
  auto noun = words_.noun.substr(0, words_.noun.size() - 1);
  reject("a second " + std::string{noun} + " is named " + name);
}

// -- pages -------------------------------------------------------------------

void offer_pages::turn(const json& page, const dialect& spoken) {
  auto next = page.find("nextCursor");
  if (!next || next->is_null())
    return;
  auto text = next->as_string();
  if (text && spoken.ends_list(*text))
    return;
  std::string noun{words_.noun};
  if (!text)
    cut_short_ = "the cursor of the next page of " + noun + " is not a string";
  else if (text->size() > defaults::cursor_bytes_max)
    cut_short_ = "the cursor of the next page of " + noun + " is too long";
  else if (pages_ == defaults::list_pages_max)
    cut_short_ = "the list of " + noun + " was cut after "
                 + std::to_string(pages_) + " pages";
  else if (!cursors_.insert(std::move(*text)).second)
    cut_short_ = "the pages of " + noun + " go round in a circle";
  else
    cursor_ = *next;
}

void offer_pages::reject(std::string_view reason) {
  auto text = "item " + std::to_string(items_) + ": ";
  text += cut_text(reason, defaults::noise_sample_bytes);
  std::visit([&](auto& to) { to.rejected.push_back(std::move(text)); }, list_);
}

} // namespace troupe
