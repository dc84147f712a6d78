#include "troupe/messages/config/hidden_literals.hpp"

#include "troupe/messages/header_text.hpp"

#include <algorithm>
#include <charconv>

namespace troupe {

namespace {

/// Headers that say what we are or accept: their values are no secrets.
bool is_public(std::string_view header) {
  return same_letters(header, "accept")
         || same_letters(header, "accept-language")
         || same_letters(header, "content-type")
         || same_letters(header, "user-agent");
}

/// Whether a variable's name says that its value is secret. Others, such as
/// LANG or NODE_ENV, have values that occur in any text.
bool names_secret(std::string_view variable) {
  auto lower = lower_case(variable);
  for (auto part : {"token", "key", "secret", "pass", "auth", "credential"})
    if (lower.find(part) != std::string::npos)
      return true;
  return false;
}

// -- urls --------------------------------------------------------------------

/// RFC 3986, section 2.1; an invalid escape stays as it is.
std::string percent_decoded(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    auto code = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size()
        && std::from_chars(code, code + 2, byte, 16).ptr == code + 2) {
      result += static_cast<char>(byte);
      i += 2;
    } else {
      result += text[i] == '+' ? ' ' : text[i]; // as forms have it
    }
  }
  return result;
}

std::string_view query_of(std::string_view url) {
  url = url.substr(0, url.find('#'));
  auto mark = url.find('?');
  return mark == url.npos ? std::string_view{} : url.substr(mark + 1);
}

/// The host in lower case, without port and brackets, as it is looked up.
std::string host_of(std::string_view url) {
  auto scheme = url.find("://");
  url.remove_prefix(scheme == url.npos ? 0 : scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (url.starts_with('['))
    url = url.substr(1, url.find(']') - 1);
  else
    url = url.substr(0, url.find(':'));
  return lower_case(url);
}

void hide_decoded(std::string_view value, std::string_view shown,
                  hidden_values& hidden) {
  hidden.hide(value, shown);
  hidden.hide(percent_decoded(value), shown);
}

/// A parameter's name that came out of a variable may be secret, too: it is not
/// shown.
void hide_query(std::string_view raw, std::string_view resolved,
                hidden_values& hidden) {
  for (auto rest = query_of(resolved); !rest.empty();) {
    auto part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    auto equals = part.find('=');
    auto name = equals == part.npos ? "query" : part.substr(0, equals);
    auto value = equals == part.npos ? part : part.substr(equals + 1);
    auto open = !name.empty() && raw.find(name) != raw.npos;
    hide_decoded(value, "(url " + std::string{open ? name : "query"} + ")",
                 hidden);
  }
}

/// Hides the literal parts of a value: the text around its variables, and their
/// defaults.
void hide_runs(std::string_view raw, std::string_view shown,
               hidden_values& hidden) {
  while (!raw.empty()) {
    auto begin = std::min(raw.find("${"), raw.size());
    hidden.hide(raw.substr(0, begin), shown);
    auto end = std::min(raw.find('}', begin), raw.size());
    auto inner = raw.substr(begin, end - begin);
    if (auto otherwise = inner.find(":-"); otherwise != inner.npos)
      hidden.hide(inner.substr(otherwise + 2), shown);
    raw.remove_prefix(std::min(end + 1, raw.size()));
  }
}

void hide_header(const std::string& name, std::string_view raw,
                 hidden_values& hidden) {
  auto shown = "(header " + name + ")";
  hide_runs(raw, shown, hidden);
  if (auto blank = raw.find(' '); blank != raw.npos)
    hide_runs(raw.substr(blank + 1), shown, hidden);
}

} // namespace

void hide_literals(const server_spec& raw, const server_spec& resolved,
                   hidden_values& hidden) {
  for (const auto& [name, value] : raw.headers)
    if (!is_public(name))
      hide_header(name, value.reveal(), hidden);
  for (const auto& [name, value] : raw.env)
    if (names_secret(name))
      hide_runs(value.reveal(), "(env " + name + ")", hidden);
  hide_query(raw.url, resolved.url, hidden);
  auto host = host_of(resolved.url);
  if (lower_case(raw.url).find(host) == std::string::npos)
    hidden.hide(host, "(url host)");
}

void hide_in_url(std::string_view value, std::string_view shown,
                 hidden_values& hidden) {
  hide_decoded(value, shown, hidden);
  hidden.hide(lower_case(value), shown);
}

} // namespace troupe
