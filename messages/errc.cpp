#include "messages/errc.hpp"

namespace troupe {

namespace {

struct entry {
  std::string_view name;
  std::string_view sentence;
};

entry look_up(errc x) {
  switch (x) {
    case errc::none: return {"none", "Nothing went wrong."};
    case errc::unknown_server:
      return {"unknown_server", "No server of that name is configured."};
    case errc::not_ready:
      return {"not_ready", "The server is not ready to take calls."};
    case errc::overloaded:
      return {"overloaded", "Too much is waiting for the server already."};
    case errc::overdue:
      return {"overdue", "The call's time ran out before it could be sent."};
    case errc::closed: return {"closed", "The client was closed."};
    case errc::runtime_stopped:
      return {"runtime_stopped", "The runtime has been stopped."};
    case errc::invalid_argument:
      return {"invalid_argument", "The arguments are no valid call."};
    case errc::not_supported:
      return {"not_supported", "The server does not offer this."};
    case errc::timed_out:
      return {"timed_out", "The server gave no answer in time."};
    case errc::cancelled: return {"cancelled", "The caller cancelled."};
    case errc::child_exited:
      return {"child_exited", "The server's process ended."};
    case errc::connection_lost:
      return {"connection_lost", "The connection to the server was lost."};
    case errc::session_expired:
      return {"session_expired", "The server no longer knows the session."};
    case errc::reloaded:
      return {"reloaded", "The client was reloaded before the answer came."};
    case errc::client_down:
      return {"client_down", "The client ended unexpectedly."};
    case errc::internal_error:
      return {"internal_error", "The runtime made a mistake."};
    case errc::server_error:
      return {"server_error", "The server answered with an error."};
    case errc::protocol_error:
      return {"protocol_error", "The server broke the protocol."};
    case errc::too_large:
      return {"too_large", "The server sent more than the limit allows."};
    case errc::invalid_spec:
      return {"invalid_spec", "The server is not specified correctly."};
    case errc::program_not_found:
      return {"program_not_found",
              "The server's program does not exist or may not be executed."};
    case errc::spawn_failed:
      return {"spawn_failed", "The server's process could not be started."};
    case errc::warden_unavailable:
      return {"warden_unavailable",
              "The process that guards all servers could not be started."};
    case errc::handshake_timed_out:
      return {"handshake_timed_out",
              "The server did not answer the handshake in time."};
    case errc::handshake_failed:
      return {"handshake_failed",
              "The server refused the handshake or answered it wrongly."};
    case errc::no_common_version:
      return {"no_common_version",
              "The server speaks no protocol version that this client does."};
    case errc::auth_required:
      return {"auth_required", "The server demands credentials."};
    case errc::liveness_lost:
      return {"liveness_lost", "The server stopped answering."};
    case errc::degraded:
      return {
        "degraded",
        "The server fails too often and is tried at long intervals only."};
    case errc::failed:
      return {"failed", "The server cannot work as it is configured."};
  }
  return {"unknown", "An error that this version does not know."};
}

} // namespace

std::string_view to_string(errc x) {
  return look_up(x).name;
}

std::string_view explain(errc x) {
  return look_up(x).sentence;
}

} // namespace troupe
