#include "troupe/messages/errc.hpp"

#include <algorithm>
#include <iterator>

namespace troupe {

namespace {

struct entry {
  errc code;
  std::string_view name;
  std::string_view sentence;
};

constexpr entry entries[] = {
  {errc::none, "none", "Nothing went wrong."},
  {errc::unknown_server, "unknown_server",
   "No server of that name is configured."},
  {errc::not_ready, "not_ready", "The server is not ready to take calls."},
  {errc::overloaded, "overloaded",
   "Too much is waiting for the server already."},
  {errc::overdue, "overdue",
   "The call's time ran out before it could be sent."},
  {errc::closed, "closed", "The client was closed."},
  {errc::runtime_stopped, "runtime_stopped", "The runtime has stopped."},
  {errc::invalid_argument, "invalid_argument",
   "The arguments are not a valid call."},
  {errc::not_supported, "not_supported", "The server does not offer this."},
  {errc::timed_out, "timed_out", "The server gave no answer in time."},
  {errc::cancelled, "cancelled", "The caller cancelled."},
  {errc::child_exited, "child_exited", "The server's process ended."},
  {errc::connection_lost, "connection_lost",
   "The connection to the server was lost."},
  {errc::session_expired, "session_expired",
   "The server no longer knows the session."},
  {errc::reloaded, "reloaded",
   "The client was reloaded before the answer came."},
  {errc::client_down, "client_down", "The client ended unexpectedly."},
  {errc::internal_error, "internal_error", "The runtime made a mistake."},
  {errc::server_error, "server_error", "The server answered with an error."},
  {errc::protocol_error, "protocol_error", "The server broke the protocol."},
  {errc::too_large, "too_large", "The server sent more than the limit allows."},
  {errc::invalid_spec, "invalid_spec",
   "The server is not specified correctly."},
  {errc::program_not_found, "program_not_found",
   "The server's program does not exist or may not be executed."},
  {errc::spawn_failed, "spawn_failed",
   "The server's process could not be started."},
  {errc::warden_unavailable, "warden_unavailable",
   "The process that guards all servers could not be started."},
  {errc::handshake_timed_out, "handshake_timed_out",
   "The server did not answer the handshake in time."},
  {errc::handshake_failed, "handshake_failed",
   "The server refused the handshake or answered it wrongly."},
  {errc::no_common_version, "no_common_version",
   "The server speaks no protocol version that this client does."},
  {errc::auth_required, "auth_required", "The server demands credentials."},
  {errc::liveness_lost, "liveness_lost", "The server stopped answering."},
  {errc::degraded, "degraded",
   "The server fails too often and is tried at long intervals only."},
  {errc::failed, "failed", "The server cannot work as it is configured."},
};

static_assert(std::is_sorted(std::begin(entries), std::end(entries),
                             [](const entry& x, const entry& y) {
                               return x.code < y.code;
                             }));
static_assert(std::size(entries) == static_cast<size_t>(errc::failed) + 1);

constexpr entry unknown = {errc::none, "unknown",
                           "An error that this version does not know."};

const entry& look_up(errc x) {
  auto i = static_cast<size_t>(x);
  return i < std::size(entries) ? entries[i] : unknown;
}

} // namespace

std::string_view to_string(errc x) {
  return look_up(x).name;
}

std::string_view explain(errc x) {
  return look_up(x).sentence;
}

} // namespace troupe
