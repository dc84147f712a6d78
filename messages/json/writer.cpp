#include "troupe/messages/json/json.hpp"

#include "troupe/messages/json/utf8.hpp"

#include <charconv>
#include <cmath>

namespace troupe {

namespace {

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  constexpr char digits[] = "0123456789abcdef";
  out += "\\u00";
  out += digits[c >> 4];
  out += digits[c & 15];
}

// Appends what begins at `p` and is no plain ASCII; gives back its length.
size_t append_special(std::string& out, const char* p, const char* end) {
  if (static_cast<signed char>(*p) >= 0) {
    append_escape(out, *p);
    return 1;
  }
  auto length = utf8_length(p, end);
  if (length == 0) {
    out += replacement_character;
    return 1;
  }
  out.append(p, length);
  return length;
}

template <class T>
void append_number(std::string& out, T number) {
  char digits[32];
  auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  out.append(digits, end);
}

} // namespace

// -- append_json -------------------------------------------------------------

void append_json(std::string& out, std::string_view content) {
  auto p = content.data();
  auto end = p + content.size();
  out += '"';
  while (p != end) {
    auto special = plain_end(p, end);
    out.append(p, special);
    p = special;
    if (p != end)
      p += append_special(out, p, end);
  }
  out += '"';
}

void append_json(std::string& out, const json& x) {
  auto begin = out.size();
  out += x.text();
  // Line ends in checked JSON are white space between its tokens.
  for (char line_end : {'\n', '\r'})
    for (auto at = out.find(line_end, begin); at != std::string::npos;
         at = out.find(line_end, at))
      out[at] = ' ';
}

void append_json(std::string& out, int64_t number) {
  append_number(out, number);
}

// -- json --------------------------------------------------------------------

json json::from_string(std::string_view content) {
  std::string text;
  text.reserve(content.size() + 2);
  append_json(text, content);
  return trusted(std::move(text));
}

// -- json_writer -------------------------------------------------------------

void json_writer::separate() {
  if (!first_)
    out_ += ',';
  first_ = false;
}

json_writer& json_writer::begin_object() {
  separate();
  out_ += '{';
  first_ = true;
  return *this;
}

json_writer& json_writer::end_object() {
  out_ += '}';
  first_ = false;
  return *this;
}

json_writer& json_writer::begin_array() {
  separate();
  out_ += '[';
  first_ = true;
  return *this;
}

json_writer& json_writer::end_array() {
  out_ += ']';
  first_ = false;
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  separate();
  append_json(out_, name);
  out_ += ':';
  first_ = true; // no comma before the member's value
  return *this;
}

json_writer& json_writer::value(std::string_view content) {
  separate();
  append_json(out_, content);
  return *this;
}

json_writer& json_writer::value(int64_t number) {
  separate();
  append_number(out_, number);
  return *this;
}

json_writer& json_writer::value(uint64_t number) {
  separate();
  append_number(out_, number);
  return *this;
}

json_writer& json_writer::value(double number) {
  if (!std::isfinite(number))
    return null();
  separate();
  append_number(out_, number);
  return *this;
}

json_writer& json_writer::value(bool flag) {
  separate();
  out_ += flag ? "true" : "false";
  return *this;
}

json_writer& json_writer::value(const json& x) {
  separate();
  append_json(out_, x);
  return *this;
}

json_writer& json_writer::null() {
  separate();
  out_ += "null";
  return *this;
}

std::string json_writer::take() {
  first_ = true;
  return std::exchange(out_, {});
}

json json_writer::finish() {
  return json::trusted(take());
}

} // namespace troupe
