#include "actors/tool_pages.hpp"

#include "actors/session_remarks.hpp"

namespace troupe {

failure tool_pages::add(const json& page, const dialect& spoken) {
  cursor_ = json{};
  ++pages_;
  auto tools = page.find("tools");
  if (!tools || !tools->is_array()) {
    failure why;
    why.code = errc::protocol_error;
    why.what_became = fate::refused;
    why.text = "tools/list was answered without an array of tools";
    return why;
  }
  for (const auto& x : tools->items()) {
    if (items_ == defaults::list_items_max) {
      cut_short_ =
        "the list of tools was cut after " + std::to_string(items_) + " items";
      return {};
    }
    ++items_;
    add_tool(x);
  }
  turn(page, spoken);
  return {};
}

tool_list tool_pages::take() {
  if (!cut_short_.empty())
    list_.rejected.push_back(cut_short_);
  return std::move(list_);
}

void tool_pages::add_tool(const json& x) {
  auto parsed = parse_tool(x);
  if (!parsed.error.empty())
    reject(parsed.error);
  else if (!names_.insert(parsed.value.name).second)
    reject("a second tool is named " + parsed.value.name);
  else
    list_.tools.push_back(std::move(parsed.value));
}

void tool_pages::turn(const json& page, const dialect& spoken) {
  auto next = page.find("nextCursor");
  if (!next || next->is_null())
    return;
  auto text = next->as_string();
  if (text && spoken.ends_list(*text))
    return;
  if (!text)
    cut_short_ = "the cursor of the next page of tools is no string";
  else if (text->size() > defaults::cursor_bytes_max)
    cut_short_ = "the cursor of the next page of tools is too long";
  else if (pages_ == defaults::list_pages_max)
    cut_short_ =
      "the list of tools was cut after " + std::to_string(pages_) + " pages";
  else if (!cursors_.insert(std::move(*text)).second)
    cut_short_ = "the pages of tools go round in a circle";
  else
    cursor_ = *next;
}

void tool_pages::reject(std::string_view reason) {
  auto text = "item " + std::to_string(items_) + ": ";
  text += cut_text(reason, defaults::noise_sample_bytes);
  list_.rejected.push_back(std::move(text));
}

} // namespace troupe
