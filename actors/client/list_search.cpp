#include "troupe/actors/client/server_words.hpp"

#include <algorithm>

namespace troupe {

namespace {

// -- the four kinds of lists: their items, and an item's name and parser ------

auto& items_of(tool_list& x) {
  return x.tools;
}
auto& items_of(resource_list& x) {
  return x.resources;
}
auto& items_of(resource_template_list& x) {
  return x.templates;
}
auto& items_of(prompt_list& x) {
  return x.prompts;
}

const std::string& name_of(const tool& x) {
  return x.name;
}
const std::string& name_of(const resource& x) {
  return x.uri;
}
const std::string& name_of(const resource_template& x) {
  return x.uri_template;
}
const std::string& name_of(const prompt& x) {
  return x.name;
}

parsed_tool parse_again(const tool&, const json& x) {
  return parse_tool(x);
}
parsed_resource parse_again(const resource&, const json& x) {
  return parse_resource(x);
}
parsed_resource_template parse_again(const resource_template&, const json& x) {
  return parse_resource_template(x);
}
parsed_prompt parse_again(const prompt&, const json& x) {
  return parse_prompt(x);
}

} // namespace

list_search::list_search(list_ended what, redactor_ptr hidden,
                         uint64_t incarnation)
  : list_(std::move(what)), hidden_(std::move(hidden)),
    incarnation_(incarnation) {
  // nop
}

bool list_search::go_on(size_t& left) {
  if (hidden_->empty() || !list_.list.ok())
    return true;
  return std::visit([&](auto& x) { return go_on_in(x, left); },
                    list_.list.value);
}

template <class List>
bool list_search::go_on_in(List& list, size_t& left) {
  auto& items = items_of(list);
  for (; item_ < items.size(); ++item_) {
    auto what = judge(items[item_], left);
    if (what == verdict::later)
      return false;
    large_.reset();
    if (what == verdict::leave_out)
      ++refused_;
    else if (kept_++ != item_)
      items[kept_ - 1] = std::move(items[item_]);
  }
  items.resize(kept_);
  item_ = kept_;
  for (; rejected_ < list.rejected.size(); ++rejected_) {
    auto& text = list.rejected[rejected_];
    if (text.size() > left)
      return false;
    left -= text.size();
    text = hidden_->apply(std::move(text));
  }
  if (refused_ > 0)
    list.rejected.push_back(std::to_string(refused_)
                            + " items were left out: they hold secrets and "
                              "cannot be shown without them");
  return true;
}

template <class Item>
list_search::verdict list_search::judge(Item& item, size_t& left) {
  auto size = item.raw.text().size();
  if (size > defaults::searched_bytes_max)
    return judge_large(item.raw, left);
  if (size > left)
    return verdict::later;
  left -= size;
  return replace(item);
}

/// All of an item is in its `raw`.
template <class Item>
list_search::verdict list_search::replace(Item& item) {
  auto raw = hidden_->apply(item.raw);
  if (raw == item.raw)
    return verdict::keep;
  auto again = parse_again(item, raw);
  if (!again.error.empty())
    return verdict::leave_out;
  if (name_of(again.value) != name_of(item))
    names_.emplace(name_of(again.value), name_of(item));
  item = std::move(again.value);
  return verdict::keep;
}

list_search::verdict list_search::judge_large(const json& raw, size_t& left) {
  if (!large_)
    large_.emplace(*hidden_, raw);
  if (left == 0)
    return verdict::later;
  auto done = large_->read(left);
  left = 0;
  if (!done)
    return verdict::later;
  return large_->found() ? verdict::leave_out : verdict::keep;
}

} // namespace troupe
