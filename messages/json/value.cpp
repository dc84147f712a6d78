#include "troupe/messages/json/document.hpp"
#include "troupe/messages/json/scan.hpp"

namespace troupe {

json::json() = default;

json::json(std::shared_ptr<const document> doc, size_t begin, size_t end)
  : doc_(std::move(doc)), begin_(static_cast<uint32_t>(begin)),
    end_(static_cast<uint32_t>(end)) {
  // nop
}

std::string_view json::text() const {
  if (!doc_)
    return "null";
  return std::string_view{doc_->text}.substr(begin_, end_ - begin_);
}

json::kind json::type() const {
  switch (text().front()) {
    case '{': return kind::object;
    case '[': return kind::array;
    case '"': return kind::string;
    case 't':
    case 'f': return kind::boolean;
    case 'n': return kind::null;
    default: return kind::number;
  }
}

// -- scalars -----------------------------------------------------------------

std::optional<bool> json::as_bool() const {
  if (type() != kind::boolean)
    return std::nullopt;
  return text().front() == 't';
}

std::optional<std::string> json::as_string() const {
  if (!is_string())
    return std::nullopt;
  return unescape(text().substr(1, text().size() - 2));
}

// -- containers --------------------------------------------------------------

std::optional<json> json::find(std::string_view key) const {
  if (!is_object())
    return std::nullopt;
  auto place = doc_->place_at(begin_);
  if (place == nullptr || place->inner == json_place::unknown)
    return search(key);
  auto member = doc_->member(*place, key);
  if (member == nullptr)
    return std::nullopt;
  return json{doc_, member->begin, member->end};
}

std::optional<json> json::search(std::string_view key) const {
  for (json_steps steps{text()}; steps.next();)
    if (means(steps.key(), key))
      return part(steps.value());
  return std::nullopt;
}

json json::part(std::string_view value) const {
  auto begin = static_cast<size_t>(value.data() - doc_->text.data());
  return json{doc_, begin, begin + value.size()};
}

std::vector<json> json::items() const {
  std::vector<json> result;
  if (is_array())
    for (json_steps steps{text()}; steps.next();)
      result.push_back(part(steps.value()));
  return result;
}

std::vector<std::pair<std::string, json>> json::members() const {
  std::vector<std::pair<std::string, json>> result;
  if (is_object())
    for (json_steps steps{text()}; steps.next();)
      result.emplace_back(unescape(steps.key()), part(steps.value()));
  return result;
}

json json::detached() const {
  if (!doc_ || text().size() == doc_->text.size())
    return *this;
  return trusted(std::string{text()});
}

// -- json::document ----------------------------------------------------------

/// The root's member that follows the one at `i`.
static size_t after(const std::vector<json_place>& places, size_t i) {
  auto inner = places[i].inner;
  return i + 1 + (inner == json_place::unknown ? 0 : inner);
}

const json_place* json::document::place_at(uint32_t begin) const {
  if (begin == root.begin)
    return &root;
  if (root.inner == json_place::unknown)
    return nullptr;
  for (size_t i = 0; i < places.size(); i = after(places, i))
    if (places[i].begin == begin)
      return &places[i];
  return nullptr;
}

const json_place* json::document::member(const json_place& of,
                                         std::string_view key) const {
  if (&of == &root) {
    for (size_t i = 0; i < places.size(); i = after(places, i))
      if (means(key_of(places[i]), key))
        return &places[i];
    return nullptr;
  }
  for (auto x = &of + 1; x != &of + 1 + of.inner; ++x)
    if (means(key_of(*x), key))
      return x;
  return nullptr;
}

} // namespace troupe
