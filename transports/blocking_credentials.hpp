#pragma once

#include "troupe/transports/credentials.hpp"

#include <string>
#include <string_view>

namespace troupe {

/// An exception of a blocking source whose text is for users: it is shown as it
/// is, while of other exceptions only the type is.
struct credential_fault {
  std::string text; ///< holds no secret
};

/// A source of credentials whose functions return the answer. They may block,
/// and hold a thread of the `callback_pool` meanwhile: of one server, two calls
/// run at a time, and further ones wait for these. Who waits for an answer
/// gives up in time; the function is not told.
class blocking_credential_source : public credential_source {
public:
  /// The value of `Authorization` for the next request to `origin`, which is
  /// `https://host` or with a port that is not the scheme's own. Empty: none. A
  /// value with CR, LF or NUL, or an exception, fails the request.
  virtual std::string authorization(std::string_view origin) = 0;

  /// A request was refused with 401, or 403 and a challenge. `challenge`: all
  /// values of `WWW-Authenticate` as they came, joined by ", ". Afterwards,
  /// even where this throws, `authorization` is called, unless the request was
  /// refused twice: where it returns another value, the request is sent again
  /// with that.
  virtual void challenged(std::string_view origin, int status,
                          std::string_view challenge) = 0;

  void authorization(credential_request request, credential_reply then) final;
  void challenged(credential_challenge challenge, credential_reply then) final;
};

} // namespace troupe
