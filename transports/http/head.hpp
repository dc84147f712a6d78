#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

/// The head of a response (RFC 9112): status and fields, with their values as
/// they came. Pure.
struct http_head {
  int minor_version = 1; ///< of HTTP/1
  int status = 0;
  std::vector<std::pair<std::string, std::string>> fields;

  /// The first value of a field, whatever its case; null: there is none.
  const std::string* find(std::string_view name) const;
  /// Like `find`, but an empty text where there is none.
  std::string_view value(std::string_view name) const;
  /// All values of a field, in order.
  std::vector<std::string> all(std::string_view name) const;
  /// All values of a field, joined by ", ".
  std::string joined(std::string_view name) const;
  /// Whether a list of tokens has one, whatever the case: `Connection: close`.
  bool has_token(std::string_view name, std::string_view token) const;
  /// `Content-Type` without parameters, in lower case.
  std::string media_type() const;
};

/// Where a head ends, with its empty line; `npos` where it has no end yet.
/// `from`: the bytes before it are known to hold no end.
size_t http_head_end(std::string_view bytes, size_t from);

/// Reads a whole head. False: it is malformed.
bool parse_http_head(std::string_view text, http_head& to);

} // namespace troupe
