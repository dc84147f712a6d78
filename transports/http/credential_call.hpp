#pragma once

#include "troupe/transports/credentials.hpp"
#include "troupe/transports/http/channel.hpp"
#include "troupe/transports/io/callback_pool.hpp"
#include "troupe/transports/io/interrupter.hpp"

#include <optional>
#include <string>

namespace troupe {

/// What a source of credentials is told before it is asked.
struct credential_challenge {
  int status = 0;
  std::string text;
};

struct given_credentials {
  std::string authorization;
  net_fault fault; ///< why there are none
};

/// One request to a source of credentials, which is code of the embedder's: it
/// is called on a thread of the pool, and the calling thread waits for it.
class credential_call {
public:
  credential_call(callback_pool_ptr pool, uint64_t owner,
                  credential_source_ptr source, std::string origin);

  /// Tells the source of a challenge, where there is one, and asks for
  /// credentials. Ends at once when `end` is interrupted: then there are none,
  /// and a later answer of the source is dropped. An exception of the source
  /// becomes a fault without the exception's text.
  given_credentials ask(interrupter& end,
                        std::optional<credential_challenge> first = {});

  /// Tells the source of a challenge, and waits until that has returned.
  void tell(interrupter& end, credential_challenge what);

private:
  struct desk;
  given_credentials run(interrupter& end, std::function<std::string()> f);

  callback_pool_ptr pool_;
  uint64_t owner_;
  credential_source_ptr source_;
  std::string origin_;
};

} // namespace troupe
