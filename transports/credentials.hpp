#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace troupe {

/// Where a transport gets the credentials of a request. Bound to one origin
/// (RFC 6454: scheme, host, port): it is asked only by transports of a spec
/// whose URL has that origin, so that what it holds goes nowhere else.
/// Thread-safe; called on the transport's threads, whose stacks have
/// `defaults::http_stack_bytes` (256 KiB). What it throws fails the request
/// with `internal_error`, and is not told, as it may hold a secret.
class credential_source {
public:
  virtual ~credential_source() = default;

  /// The value of `Authorization` for the next request to `origin`, which is
  /// `https://host` or with a port that is not the scheme's own. Empty: none.
  /// May block for as long as a request may take. A value with CR, LF or NUL
  /// fails the request: nothing goes out without its credentials.
  virtual std::string authorization(std::string_view origin) = 0;

  /// A request was refused with 401, or 403 and a challenge. `challenge`: all
  /// values of `WWW-Authenticate` as they came, joined by ", ".
  virtual void challenged(std::string_view origin, int status,
                          std::string_view challenge) = 0;
};

using credential_source_ptr = std::shared_ptr<credential_source>;

} // namespace troupe
