#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace troupe {

/// Where an HTTP request goes (RFC 3986; http and https alone). Pure.
struct http_url {
  bool secure = false;
  std::string host; ///< lower case; IPv6 without brackets
  uint16_t port = 80;
  std::string target = "/"; ///< path and query

  friend bool operator==(const http_url&, const http_url&) = default;

  /// As in `Host`: with the port where it is not the scheme's own.
  std::string authority() const;
  /// RFC 6454: "https://host", with a port that is not the scheme's own.
  std::string origin() const;
  /// For people: without the query, which may hold a secret.
  std::string text() const;
};

/// Nothing, and why in `fault`, where it is no such URL. A user or a password
/// is refused: they would show wherever the URL does. Fragments are dropped.
std::optional<http_url> parse_http_url(std::string_view text,
                                       std::string& fault);

/// What `reference` means in a document of `base` (RFC 3986, section 5.2).
std::optional<http_url> resolve_http_url(const http_url& base,
                                         std::string_view reference,
                                         std::string& fault);

inline bool same_origin(const http_url& x, const http_url& y) {
  return x.secure == y.secure && x.host == y.host && x.port == y.port;
}

/// "localhost", what ends so, 127/8 and ::1.
bool is_loopback(std::string_view host);

} // namespace troupe
