#include "troupe/transports/http/url.hpp"

#include "troupe/messages/header_text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace troupe {

namespace {

using url_or_none = std::optional<http_url>;

uint16_t own_port(bool secure) {
  return secure ? 443 : 80;
}

/// What may stand in a request line: no blank, no control, ASCII.
bool is_visible(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char x) { return x > 0x20 && x < 0x7F; });
}

bool is_name(std::string_view host) {
  return !host.empty() && host.size() <= 255
         && std::all_of(host.begin(), host.end(), [](char x) {
              return (x >= '0' && x <= '9') || (x >= 'a' && x <= 'z')
                     || x == '-' || x == '.' || x == '_';
            });
}

bool is_ipv6(const std::string& host) {
  auto bytes = in6_addr{};
  return inet_pton(AF_INET6, host.c_str(), &bytes) == 1;
}

bool read_port(std::string_view text, uint16_t& port) {
  if (text.empty())
    return true;
  auto end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, port);
  return error == std::errc{} && at == end && port != 0;
}

/// Host and port.
bool take_authority(std::string_view text, http_url& to) {
  auto host = text;
  auto rest = std::string_view{};
  if (text.starts_with('[')) {
    auto close = text.find(']');
    if (close == text.npos)
      return false;
    host = text.substr(1, close - 1);
    rest = text.substr(close + 1);
    to.host = lower_case(host);
    if (!is_ipv6(to.host))
      return false;
  } else {
    host = text.substr(0, text.find(':'));
    rest = text.substr(host.size());
    to.host = lower_case(host);
    if (!is_name(to.host))
      return false;
  }
  return rest.empty()
         || (rest.front() == ':' && read_port(rest.substr(1), to.port));
}

/// RFC 3986, section 5.2.4.
std::string without_dots(std::string_view path) {
  auto result = std::string{};
  while (!path.empty()) {
    auto end = std::min(path.find('/', 1), path.size());
    auto segment = path.substr(0, end);
    auto last = end == path.size();
    if (segment == "/." || segment == "/..") {
      if (segment == "/..")
        result.resize(result.find_last_of('/') == result.npos
                        ? 0
                        : result.find_last_of('/'));
      if (last)
        result += '/';
    } else {
      result += segment;
    }
    path.remove_prefix(end);
  }
  return result.empty() ? "/" : result;
}

/// `text`: what stands after the authority.
std::string target_of(std::string_view text) {
  auto path = text.substr(0, text.find('?'));
  auto query = text.substr(path.size());
  return (path.empty() ? "/" : without_dots(path)) + std::string{query};
}

std::string_view without_fragment(std::string_view text) {
  return text.substr(0, text.find('#'));
}

url_or_none take_after_scheme(std::string_view text, bool secure,
                              std::string& fault) {
  auto result = http_url{secure, {}, own_port(secure), {}};
  auto authority = text.substr(0, text.find_first_of("/?"));
  if (authority.find('@') != authority.npos) {
    fault = "a URL must not hold a user or a password";
    return std::nullopt;
  }
  if (!take_authority(authority, result)) {
    fault = "the URL's host or port is not valid";
    return std::nullopt;
  }
  result.target = target_of(text.substr(authority.size()));
  return result;
}

/// Where a scheme ends: "name:" before any of "/?#".
size_t scheme_length(std::string_view text) {
  auto end = text.find_first_of(":/?#");
  return end != text.npos && text[end] == ':' ? end : 0;
}

/// A reference without a scheme and an authority.
std::string merged(const http_url& base, std::string_view reference) {
  auto path = std::string_view{base.target};
  path = path.substr(0, path.find('?'));
  if (reference.empty())
    return base.target;
  if (reference.starts_with('/'))
    return target_of(reference);
  if (reference.starts_with('?'))
    return std::string{path} + std::string{reference};
  auto folder = path.substr(0, path.find_last_of('/') + 1);
  return target_of(std::string{folder} + std::string{reference});
}

} // namespace

// -- as text ------------------------------------------------------------------

std::string http_url::authority() const {
  auto ipv6 = host.find(':') != host.npos;
  auto result = ipv6 ? '[' + host + ']' : host;
  return port == own_port(secure) ? result
                                  : result + ':' + std::to_string(port);
}

std::string http_url::origin() const {
  return (secure ? "https://" : "http://") + authority();
}

std::string http_url::text() const {
  return origin() + target.substr(0, target.find('?'));
}

// -- from text ----------------------------------------------------------------

url_or_none parse_http_url(std::string_view text, std::string& fault) {
  if (!is_visible(text)) {
    fault = "a URL holds visible ASCII alone";
    return std::nullopt;
  }
  text = without_fragment(text);
  auto scheme = lower_case(text.substr(0, scheme_length(text)));
  auto rest = text.substr(std::min(scheme.size() + 1, text.size()));
  if ((scheme != "http" && scheme != "https") || !rest.starts_with("//")) {
    fault = "a URL begins with http:// or https://";
    return std::nullopt;
  }
  return take_after_scheme(rest.substr(2), scheme == "https", fault);
}

url_or_none resolve_http_url(const http_url& base, std::string_view reference,
                             std::string& fault) {
  if (scheme_length(reference) > 0)
    return parse_http_url(reference, fault);
  if (!is_visible(reference)) {
    fault = "a URL holds visible ASCII alone";
    return std::nullopt;
  }
  reference = without_fragment(reference);
  if (reference.starts_with("//"))
    return take_after_scheme(reference.substr(2), base.secure, fault);
  auto result = base;
  result.target = merged(base, reference);
  return result;
}

bool is_loopback(std::string_view host) {
  auto name = std::string{host};
  auto v4 = in_addr{};
  if (inet_pton(AF_INET, name.c_str(), &v4) == 1)
    return (ntohl(v4.s_addr) >> 24) == 127;
  auto v6 = in6_addr{};
  if (inet_pton(AF_INET6, name.c_str(), &v6) == 1)
    return IN6_IS_ADDR_LOOPBACK(&v6);
  return host == "localhost" || host.ends_with(".localhost");
}

} // namespace troupe
