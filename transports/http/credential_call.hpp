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

/// One question to a source of credentials, which is code of the embedder's: it
/// is asked on a thread of the pool, and the calling thread waits for it.
class credential_call {
public:
  credential_call(callback_pool_ptr pool, uint64_t owner,
                  credential_source_ptr source, std::string origin);

  /// Tells the source of a challenge, where there is one, and asks. Ends at
  /// once where `end` is interrupted: then nothing was given, and what the
  /// source answers later is dropped. Whatever the source throws becomes a
  /// fault that holds nothing of what it says.
  given_credentials ask(interrupter& end,
                        std::optional<credential_challenge> first = {});

  /// Tells it of a challenge, and waits until it has heard.
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
