#pragma once

#include "troupe/transports/ordered_mutex.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Where a transport gets the credentials of a request. Bound to one origin
/// (RFC 6454: scheme, host, port): the first that it is given for in a runtime.
/// A server at another origin that is given the same source is refused, so that
/// its credentials go nowhere else.
///
/// Thread-safe: it is called on the threads of a `callback_pool`, two at a time
/// for each server. An exception fails the request with `internal_error`; its
/// text is not shown, as it may hold a secret.
class credential_source {
public:
  virtual ~credential_source() = default;

  /// The value of `Authorization` for the next request to `origin`, which is
  /// `https://host` or with a port that is not the scheme's own. Empty: none.
  /// May block; who waits for it gives up by the deadlines of its request. A
  /// value with CR, LF or NUL fails the request: nothing goes out without its
  /// credentials.
  virtual std::string authorization(std::string_view origin) = 0;

  /// A request was refused with 401, or 403 and a challenge. `challenge`: all
  /// values of `WWW-Authenticate` as they came, joined by ", ". Afterwards
  /// `authorization` is asked once more: where it gives another value, the
  /// request is sent again with that. May block like `authorization`.
  virtual void challenged(std::string_view origin, int status,
                          std::string_view challenge) = 0;

  /// For the source itself to call, from any thread: there are new credentials.
  /// Servers of its origin that wait for some (phase `auth_required`) are tried
  /// again at once, as the gate for starts allows.
  void tell_changed();

  /// Calls `f` at each `tell_changed`, for as long as `f` lives. It must return
  /// soon.
  void watch(std::weak_ptr<std::function<void()>> f);

private:
  ordered_mutex<lock_rank::leaf> mutex_;
  std::vector<std::weak_ptr<std::function<void()>>> watchers_; // by mutex_
};

using credential_source_ptr = std::shared_ptr<credential_source>;

/// An exception of a source whose text is for users, and is shown as it is.
struct credential_fault {
  std::string text; ///< holds no secret
};

} // namespace troupe
