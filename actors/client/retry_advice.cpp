#include "troupe/actors/client/retry_advice.hpp"

#include "troupe/messages/defaults.hpp"

namespace troupe {

namespace {

/// Whether the cause is the state of the server, not the request itself or its
/// outcome.
bool is_of_the_server(errc x) {
  switch (x) {
    case errc::none:
    case errc::unknown_server:
    case errc::closed:
    case errc::runtime_stopped:
    case errc::invalid_argument:
    case errc::not_supported:
    case errc::cancelled:
    case errc::server_error:
    case errc::client_down: return false;
    default: return true;
  }
}

} // namespace

failure with_retry_advice(failure x, phase now,
                          std::chrono::milliseconds next_try) {
  if (!is_of_the_server(x.code) || x.retry_after.count() > 0 || x.needs_person)
    return x;
  // A refusal of credentials may be reported before its client has parked.
  if (x.code == errc::auth_required || x.code == errc::failed
      || now == phase::auth_required || now == phase::failed)
    x.needs_person = true;
  else if (now == phase::backoff || now == phase::degraded
           || x.code == errc::overloaded || x.code == errc::not_ready)
    // Without a planned try it is starting, or its start is queued.
    x.retry_after = next_try.count() > 0 ? next_try : defaults::retry_soon;
  return x;
}

} // namespace troupe
