#include "troupe/messages/json/scan.hpp"

#include "troupe/messages/json/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace troupe {

namespace {

// -- strings -----------------------------------------------------------------

unsigned hex4(std::string_view digits) {
  unsigned result = 0;
  for (char c : digits.substr(0, 4))
    result =
      result << 4
      | static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  return result;
}

bool is_high(unsigned unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}

bool is_low(unsigned unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

// `rest` begins after `\u`; gives back how much of it was used.
size_t unescape_unit(std::string& out, std::string_view rest) {
  auto unit = hex4(rest);
  if (is_high(unit) && rest.size() >= 10 && rest.substr(4, 2) == "\\u") {
    if (auto low = hex4(rest.substr(6)); is_low(low)) {
      append_utf8(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
      return 10;
    }
  }
  if (is_high(unit) || is_low(unit))
    out += replacement_character;
  else
    append_utf8(out, unit);
  return 4;
}

char unescape_one(char c) {
  switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c; // quote, slash, backslash
  }
}

} // namespace

std::string unescape(std::string_view raw) {
  std::string result;
  result.reserve(raw.size());
  for (;;) {
    auto escape = raw.find('\\');
    result.append(raw.substr(0, escape));
    if (escape == std::string_view::npos || escape + 1 >= raw.size())
      return result;
    char kind = raw[escape + 1];
    raw.remove_prefix(escape + 2);
    if (kind == 'u')
      raw.remove_prefix(std::min(unescape_unit(result, raw), raw.size()));
    else
      result += unescape_one(kind);
  }
}

// An escape is never shorter than what it stands for.
bool means(std::string_view raw, std::string_view text) {
  if (raw.size() < text.size())
    return false;
  auto escaped = raw.find('\\') != std::string_view::npos;
  return escaped ? unescape(raw) == text : raw == text;
}

// -- where strings and values end ---------------------------------------------

const char* json_string_end(const char* p, const char* end) {
  auto content = p;
  while (auto found = std::memchr(p, '"', static_cast<size_t>(end - p))) {
    auto quote = static_cast<const char*>(found);
    auto q = quote;
    while (q != content && q[-1] == '\\')
      --q;
    if ((quote - q) % 2 == 0)
      return quote + 1;
    p = quote + 1;
  }
  return end;
}

static const char* container_end(const char* p, const char* end) {
  size_t depth = 0;
  while (p != end) {
    switch (*p++) {
      case '"': p = json_string_end(p, end); break;
      case '{':
      case '[': ++depth; break;
      case '}':
      case ']':
        if (--depth == 0)
          return p;
        break;
      default: break;
    }
  }
  return end;
}

static bool ends_scalar(char c) {
  return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\n' || c == '\r'
         || c == '\t';
}

const char* json_value_end(const char* p, const char* end) {
  if (p == end)
    return end;
  if (*p == '"')
    return json_string_end(p + 1, end);
  if (*p == '{' || *p == '[')
    return container_end(p, end);
  while (p != end && !ends_scalar(*p))
    ++p;
  return p;
}

// -- json_steps --------------------------------------------------------------

json_steps::json_steps(std::string_view container)
  : at_(container.data() + 1), end_(container.data() + container.size() - 1),
    is_object_(container.front() == '{') {
  // nop
}

bool json_steps::next() {
  skip_space();
  if (at_ == end_)
    return false;
  if (is_object_) {
    auto begin = at_ + 1;
    at_ = json_string_end(begin, end_);
    key_ = {begin, static_cast<size_t>(at_ - begin) - 1};
    skip_space();
  }
  value_ = take_value();
  return true;
}

// The text was checked: a comma or a colon can be skipped like space.
void json_steps::skip_space() {
  while (at_ != end_
         && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t'
             || *at_ == ',' || *at_ == ':'))
    ++at_;
}

std::string_view json_steps::take_value() {
  auto begin = at_;
  at_ = json_value_end(begin, end_);
  return {begin, static_cast<size_t>(at_ - begin)};
}

} // namespace troupe
