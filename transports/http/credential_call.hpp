#pragma once

#include "troupe/transports/credentials.hpp"
#include "troupe/transports/http/channel.hpp"
#include "troupe/transports/io/callback_pool.hpp"
#include "troupe/transports/io/interrupter.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace troupe {

struct given_credentials {
  std::string authorization;
  /// Why there are none: `cancelled`, `overloaded` (the pool took no more),
  /// `auth_required` or `internal_error` (of the source).
  net_fault fault;
};

/// The owners of a server's callbacks in a `callback_pool`, the same through
/// all restarts: a source that hangs takes its share of threads only once.
struct credential_owners {
  uint64_t calls = 0;
  /// Of stop callbacks: calls that hang must not hold these up.
  uint64_t stops = 0;

  static credential_owners of(std::string_view server);
};

/// One question to a source of credentials, which is code of the embedder's: it
/// is called on a thread of the pool, and may answer later from any thread. The
/// calling thread waits for the answer.
class credential_call {
public:
  using time_point = std::chrono::steady_clock::time_point;

  credential_call(callback_pool_ptr pool, credential_owners owners,
                  credential_source_ptr source, std::string origin);

  /// Asks for credentials. Ends at once when `end` is interrupted, and at
  /// `deadline`: then there are none, the source is requested to stop, and its
  /// answer is dropped.
  given_credentials ask(interrupter& end, time_point deadline);

  /// Like `ask`, but with the refusal of a request. `what.request` is set here.
  given_credentials challenge(interrupter& end, time_point deadline,
                              credential_challenge what);

private:
  class question;
  using question_ptr = std::shared_ptr<question>;
  using call_fn = std::function<void(credential_source&, credential_request,
                                     credential_reply)>;

  given_credentials run(interrupter& end, time_point deadline, call_fn f);
  uint64_t start(const question_ptr& x, time_point deadline, call_fn f);
  void stop(const question_ptr& x, uint64_t number);

  callback_pool_ptr pool_;
  credential_owners owners_;
  credential_source_ptr source_;
  std::string origin_;
};

} // namespace troupe
