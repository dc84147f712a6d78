#include "troupe/actors/session/frame_text.hpp"

namespace troupe::frame_text {

namespace {

constexpr std::string_view reserved_prefix = "io.modelcontextprotocol/";

bool reserved(std::string_view key) {
  return key == "progressToken"
         || key.substr(0, reserved_prefix.size()) == reserved_prefix;
}

} // namespace

request::request(uint64_t id, std::string_view method, const meta& m,
                 size_t room) {
  text_.reserve(96 + method.size() + m.dialect.size() + room);
  text_ = R"({"jsonrpc":"2.0","id":)";
  append_json(text_, static_cast<int64_t>(id));
  text_ += R"(,"method":)";
  append_json(text_, method);
  text_ += R"(,"params":{)";
  append_meta(m);
}

std::string& request::member(std::string_view plain_key) {
  separate();
  text_.push_back('"');
  text_.append(plain_key);
  text_ += "\":";
  return text_;
}

void request::splice(const json& params) {
  if (!params.is_object())
    return;
  if (!params.find("_meta")) {
    append_inner(params);
    return;
  }
  for (const auto& [key, value] : params.members()) {
    if (key == "_meta")
      continue;
    separate();
    append_json(text_, key);
    text_.push_back(':');
    append_json(text_, value);
  }
}

// The object's own braces are cut off after it has been appended: only then its
// text is sure to be one line.
void request::append_inner(const json& object) {
  auto text = object.text();
  if (text.find_first_not_of(" \t\r\n", 1) == text.size() - 1)
    return;
  separate();
  auto begin = text_.size();
  append_json(text_, object);
  text_.pop_back();
  text_[begin] = ' ';
}

std::string request::take() {
  text_ += "}}";
  return std::move(text_);
}

void request::append_meta(const meta& m) {
  auto has_caller = m.caller && m.caller->is_object();
  if (m.dialect.empty() && m.token == 0 && !has_caller)
    return;
  text_ += R"("_meta":{)";
  text_ += m.dialect;
  auto first = m.dialect.empty();
  if (m.token != 0) {
    text_ += first ? R"("progressToken":)" : R"(,"progressToken":)";
    append_json(text_, static_cast<int64_t>(m.token));
    first = false;
  }
  if (has_caller)
    append_caller(*m.caller, first);
  text_.push_back('}');
  first_ = false;
}

void request::append_caller(const json& x, bool first) {
  for (const auto& [key, value] : x.members()) {
    if (reserved(key))
      continue;
    if (!first)
      text_.push_back(',');
    first = false;
    append_json(text_, key);
    text_.push_back(':');
    append_json(text_, value);
  }
}

void request::separate() {
  if (!first_)
    text_.push_back(',');
  first_ = false;
}

} // namespace troupe::frame_text
