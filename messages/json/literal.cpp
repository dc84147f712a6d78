#include "troupe/messages/json/literal.hpp"

#include "troupe/messages/cut_text.hpp"
#include "troupe/messages/json/utf8.hpp"

#include <cmath>
#include <set>

namespace troupe {

// -- values -------------------------------------------------------------------

json_literal::json_literal(std::initializer_list<json_member> members)
  : json_literal(object_of(members)) {
  // nop
}

void json_literal::take(int64_t x) {
  text_ = json_writer{}.value(x).take();
}

void json_literal::take(uint64_t x) {
  text_ = json_writer{}.value(x).take();
}

void json_literal::take(double x) {
  text_ = json_writer{}.value(x).take();
  if (!std::isfinite(x))
    fault_ = "a number that is not finite";
}

void json_literal::take(const char* x) {
  take(x == nullptr ? std::string_view{} : std::string_view{x});
  if (x == nullptr)
    fault_ = "a null pointer";
}

void json_literal::take(std::string_view x) {
  if (x.size() > defaults::frame_bytes_max) { // not copied: it fits nowhere
    fault_ = "text of more than " + std::to_string(defaults::frame_bytes_max)
             + " bytes";
    return take(std::string_view{});
  }
  append_json(text_, x);
  if (!is_utf8(x))
    fault_ = "text that is not UTF-8";
}

// -- faults -------------------------------------------------------------------

void json_literal::blame(const json_literal& part, std::string step) {
  if (part.fault_.empty() || !fault_.empty())
    return;
  fault_ = part.fault_;
  place_ = std::move(step);
  if (!part.place_.empty())
    place_ += (part.place_.front() == '[' ? "" : ".") + part.place_;
}

std::string json_literal::fault() const {
  if (fault_.empty() || place_.empty())
    return fault_;
  return fault_ + " at '" + cut_text(place_, defaults::noise_sample_bytes)
         + "'";
}

// -- objects and lists --------------------------------------------------------

/// A key as places name it: in its JSON form, without quotes.
static std::string unquoted(const std::string& key) {
  return key.size() > 2 ? key.substr(1, key.size() - 2) : "(empty)";
}

json_literal object_of(const std::vector<json_member>& members) {
  json_literal result = nullptr;
  json_literal twice = nullptr;
  twice.fault_ = "a key that stands twice";
  std::set<std::string_view> keys;
  std::string text = "{";
  for (const auto& [key, value] : members) {
    auto name = unquoted(key.text_);
    result.blame(key, name);
    if (!keys.insert(key.text_).second)
      result.blame(twice, name);
    result.blame(value, name);
    text += (text.size() > 1 ? "," : "") + key.text_ + ":" + value.text_;
  }
  result.text_ = text + "}";
  return result;
}

json_literal array_of(const std::vector<json_literal>& items) {
  json_literal result = nullptr;
  std::string text = "[";
  for (size_t i = 0; i < items.size(); ++i) {
    result.blame(items[i], "[" + std::to_string(i) + "]");
    text += (i > 0 ? "," : "") + items[i].text_;
  }
  result.text_ = text + "]";
  return result;
}

} // namespace troupe
