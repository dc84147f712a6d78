#include "troupe/transports/http/proxy.hpp"

#include "troupe/messages/header_text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <charconv>

namespace troupe {

namespace {

/// What curl takes where a proxy's URL has no port.
constexpr uint16_t proxy_port = 1080;

std::string either(const variable_lookup& variables, std::string name) {
  if (auto value = variables(name); value && !value->empty())
    return *value;
  for (auto& x : name)
    x = static_cast<char>(std::toupper(static_cast<unsigned char>(x)));
  return variables(name).value_or("");
}

/// The bytes of an address: 4 or 16; empty for a name.
std::string address_bytes(const std::string& text) {
  char bytes[16];
  if (inet_pton(AF_INET, text.c_str(), bytes) == 1)
    return {bytes, 4};
  if (inet_pton(AF_INET6, text.c_str(), bytes) == 1)
    return {bytes, 16};
  return {};
}

/// Whether the host is in a range such as "10.0.0.0/8".
bool is_in_range(std::string_view range, const std::string& host) {
  auto slash = std::min(range.find('/'), range.size());
  auto net = address_bytes(std::string{range.substr(0, slash)});
  auto address = address_bytes(host);
  auto text = range.substr(std::min(slash + 1, range.size()));
  auto bits = size_t{0};
  auto end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, bits);
  if (net.empty() || net.size() != address.size() || text.empty() || at != end
      || error != std::errc{} || bits > 8 * net.size())
    return false;
  for (size_t i = 0; i < bits; ++i)
    if (((net[i / 8] ^ address[i / 8]) >> (7 - i % 8) & 1) != 0)
      return false;
  return true;
}

/// Removes ":80" from the end; false: it is another port.
bool take_port(std::string_view& entry, uint16_t port) {
  auto colon = entry.rfind(':');
  auto bare_v6 = !entry.starts_with('[') && entry.find(':') != colon;
  if (colon == entry.npos || bare_v6 || entry.ends_with(']'))
    return true;
  auto named = entry.substr(colon + 1);
  entry = entry.substr(0, colon);
  return named == std::to_string(port);
}

/// "example.com" names itself and all below it, as do ".example.com" and
/// "*.example.com".
bool names(std::string_view entry, const http_url& to) {
  if (entry.find('/') != entry.npos)
    return is_in_range(entry, to.host);
  if (!take_port(entry, to.port))
    return false;
  if (entry.starts_with("*."))
    entry.remove_prefix(1);
  if (entry.starts_with('.'))
    entry.remove_prefix(1);
  if (entry.starts_with('[') && entry.ends_with(']'))
    entry = entry.substr(1, entry.size() - 2);
  if (entry.empty() || entry.size() > to.host.size())
    return false;
  auto above = to.host.size() - entry.size();
  return same_letters(to.host.substr(above), entry)
         && (above == 0 || to.host[above - 1] == '.');
}

bool is_excepted(std::string_view list, const http_url& to) {
  if (trimmed(list) == "*")
    return true;
  while (!list.empty()) {
    auto end = std::min(list.find_first_of(", "), list.size());
    if (names(trimmed(list.substr(0, end)), to))
      return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

int hex_digit(char x) {
  if (x >= '0' && x <= '9')
    return x - '0';
  auto letter = x | 0x20;
  return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  auto result = std::string{};
  for (size_t i = 0; i < text.size(); ++i) {
    auto encoded = text[i] == '%' && i + 2 < text.size()
                   && hex_digit(text[i + 1]) >= 0
                   && hex_digit(text[i + 2]) >= 0;
    if (!encoded) {
      result += text[i];
      continue;
    }
    result +=
      static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
    i += 2;
  }
  return result;
}

std::optional<http_proxy> parse_proxy(std::string_view text,
                                      std::string& fault) {
  auto result = http_proxy{};
  auto bare =
    text.substr(0, text.find("://") == text.npos ? 0 : text.find("://") + 3);
  auto rest = text.substr(bare.size());
  if (!bare.empty() && !same_letters(bare, "http://")) {
    fault = "a proxy other than one by http:// is not supported";
    return std::nullopt;
  }
  rest = rest.substr(0, rest.find('/'));
  if (auto at = rest.rfind('@'); at != rest.npos) {
    auto plain = percent_decoded(rest.substr(0, at));
    if (plain.find(':') == plain.npos)
      plain += ':';
    result.credentials = "Basic " + base64(plain);
    rest.remove_prefix(at + 1);
  }
  auto url = parse_http_url("http://" + std::string{rest}, fault);
  if (!url) {
    fault = "the proxy of the environment: " + fault;
    return std::nullopt;
  }
  auto named = rest.find(':', rest.find(']') == rest.npos ? 0 : rest.find(']'));
  result.host = url->host;
  result.port = named == rest.npos ? proxy_port : url->port;
  return result;
}

} // namespace

std::optional<http_proxy> find_http_proxy(const http_url& to,
                                          const variable_lookup& variables,
                                          std::string& fault) {
  if (is_loopback(to.host) || is_excepted(either(variables, "no_proxy"), to))
    return std::nullopt;
  auto text = either(variables, to.secure ? "https_proxy" : "http_proxy");
  if (text.empty())
    text = either(variables, "all_proxy");
  if (trimmed(text).empty())
    return std::nullopt;
  return parse_proxy(trimmed(text), fault);
}

} // namespace troupe
