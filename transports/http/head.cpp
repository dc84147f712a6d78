#include "troupe/transports/http/head.hpp"

#include "troupe/messages/header_text.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// Takes a line off `text`, ended by CRLF or LF.
std::string_view take_line(std::string_view& text) {
  auto end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r'))
    line.remove_suffix(1);
  return line;
}

bool is_digit(char x) {
  return x >= '0' && x <= '9';
}

/// "HTTP/1.1 200 OK"; the reason may be missing.
bool take_status(std::string_view line, http_head& to) {
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || !is_digit(line[7])
      || line[8] != ' ')
    return false;
  if (!is_digit(line[9]) || !is_digit(line[10]) || !is_digit(line[11])
      || (line.size() > 12 && line[12] != ' '))
    return false;
  to.minor_version = line[7] - '0';
  to.status = (line[9] - '0') * 100 + (line[10] - '0') * 10 + line[11] - '0';
  return to.status >= 100;
}

bool take_field(std::string_view line, http_head& to) {
  auto colon = line.find(':');
  if (colon == line.npos || !is_token(line.substr(0, colon)))
    return false;
  auto value = trimmed(line.substr(colon + 1));
  if (!is_field_value(value))
    return false;
  to.fields.emplace_back(line.substr(0, colon), value);
  return true;
}

} // namespace

// -- fields -------------------------------------------------------------------

const std::string* http_head::find(std::string_view name) const {
  for (auto& [key, value] : fields)
    if (same_letters(key, name))
      return &value;
  return nullptr;
}

std::string_view http_head::value(std::string_view name) const {
  auto found = find(name);
  return found ? std::string_view{*found} : std::string_view{};
}

std::vector<std::string> http_head::all(std::string_view name) const {
  auto result = std::vector<std::string>{};
  for (auto& [key, value] : fields)
    if (same_letters(key, name))
      result.push_back(value);
  return result;
}

std::string http_head::joined(std::string_view name) const {
  auto result = std::string{};
  for (auto& [key, value] : fields)
    if (same_letters(key, name))
      result += (result.empty() ? "" : ", ") + value;
  return result;
}

bool http_head::has_token(std::string_view name, std::string_view token) const {
  auto list = joined(name);
  auto rest = std::string_view{list};
  while (!rest.empty()) {
    auto end = std::min(rest.find(','), rest.size());
    if (same_letters(trimmed(rest.substr(0, end)), token))
      return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::string http_head::media_type() const {
  auto text = value("Content-Type");
  return lower_case(trimmed(text.substr(0, text.find(';'))));
}

// -- from text ----------------------------------------------------------------

size_t http_head_end(std::string_view bytes, size_t from) {
  // The end may have begun before `from`.
  auto at = from > 3 ? from - 3 : 0;
  for (;;) {
    at = bytes.find('\n', at);
    if (at == bytes.npos)
      return at;
    auto next = bytes.substr(++at);
    if (next.starts_with('\n'))
      return at + 1;
    if (next.starts_with("\r\n"))
      return at + 2;
  }
}

bool parse_http_head(std::string_view text, http_head& to) {
  if (!take_status(take_line(text), to))
    return false;
  while (!text.empty()) {
    auto line = take_line(text);
    if (line.empty())
      return true;
    // Continues the line before (obsolete, but still met).
    if (line.front() == ' ' || line.front() == '\t') {
      if (to.fields.empty() || !is_field_value(line))
        return false;
      to.fields.back().second += ' ' + std::string{trimmed(line)};
    } else if (!take_field(line, to)) {
      return false;
    }
  }
  return true;
}

} // namespace troupe
