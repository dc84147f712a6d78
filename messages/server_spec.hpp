#pragma once

#include "troupe/messages/caf_inspect.hpp"
#include "troupe/messages/defaults.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

using std::chrono::milliseconds;

/// A text that no stream accepts and that no log shows.
class secret {
public:
  secret() = default;
  explicit secret(std::string text) : text_(std::move(text)) {
    // nop
  }

  /// For the one place that needs it.
  const std::string& reveal() const {
    return text_;
  }

  friend bool operator==(const secret&, const secret&) = default;

private:
  std::string text_;
};

/// What CAF prints where it renders a message, in place of the text.
inline std::string to_string(const secret&) {
  return "(secret)";
}

/// Travels as text between actors.
template <class Inspector>
auto inspect(Inspector& f, secret& x) {
  return inspect_as<std::string>(
    f, x, [](const secret& y) { return y.reveal(); },
    [](secret& y, std::string text) { y = secret{std::move(text)}; });
}

/// What a call does while its server is not ready.
enum class when_not_ready : uint8_t {
  /// Waits for the server, within limits (`limits::waiting_calls_max` and the
  /// call's own deadline).
  queue = 0,
  /// Fails at once with `not_ready`, not sent.
  refuse,
};

TROUPE_INSPECT_ENUM(when_not_ready)

/// When a server that ended is started again (Erlang/OTP's child_spec).
enum class restart_type : uint8_t {
  permanent = 0, ///< always
  transient,     ///< unless it exited with status 0
  temporary,     ///< never
};

TROUPE_INSPECT_ENUM(restart_type)

/// When a failing server is tried again (docs/decisions.md says why so).
struct restart_policy {
  restart_type type = restart_type::permanent;
  milliseconds prompt_after = defaults::prompt_restart_after;
  milliseconds backoff_first = defaults::backoff_first;
  milliseconds backoff_max = defaults::backoff_max;
  double backoff_factor = defaults::backoff_factor;
  double jitter = defaults::backoff_jitter;
  milliseconds stable_after = defaults::stable_after;
  uint32_t intensity = defaults::intensity;
  milliseconds period = defaults::intensity_period;
  milliseconds probe_every = defaults::degraded_probe_every;

  friend bool operator==(const restart_policy&,
                         const restart_policy&) = default;
};

TROUPE_INSPECT(restart_policy, type, prompt_after, backoff_first, backoff_max,
               backoff_factor, jitter, stable_after, intensity, period,
               probe_every)

struct server_timeouts {
  /// From the start of the process to its first valid answer. 0: 30 s, or 120 s
  /// where the program is a launcher that may download (npx, uvx, ...).
  milliseconds ready{0};
  milliseconds probe = defaults::probe_timeout;
  milliseconds call_idle = defaults::call_idle_timeout;
  milliseconds call_total = defaults::call_total_timeout;
  milliseconds write = defaults::write_timeout;
  milliseconds drain = defaults::drain_timeout;
  /// Between stdin's end and TERM, and between TERM and KILL.
  milliseconds stop_grace = defaults::stop_grace;
  /// 0: no pings.
  milliseconds ping_after_idle = defaults::ping_after_idle;
  milliseconds ping = defaults::ping_timeout;
  /// To resolve a name, connect, and agree on TLS.
  milliseconds connect = defaults::connect_timeout;

  friend bool operator==(const server_timeouts&,
                         const server_timeouts&) = default;
};

TROUPE_INSPECT(server_timeouts, ready, probe, call_idle, call_total, write,
               drain, stop_grace, ping_after_idle, ping, connect)

struct server_limits {
  uint64_t frame_bytes_max = defaults::frame_bytes_max;
  uint64_t in_flight_max = defaults::in_flight_max;
  uint64_t waiting_calls_max = defaults::waiting_calls_max;
  uint64_t outbox_frames_max = defaults::outbox_frames_max;
  uint64_t outbox_bytes_max = defaults::outbox_bytes_max;

  friend bool operator==(const server_limits&, const server_limits&) = default;
};

TROUPE_INSPECT(server_limits, frame_bytes_max, in_flight_max, waiting_calls_max,
               outbox_frames_max, outbox_bytes_max)

/// Which family of protocol versions to speak.
enum class dialect_choice : uint8_t {
  automatic = 0, ///< ask the server (`server/discover`), fall back
  legacy,        ///< `initialize` at once
  modern,        ///< no fallback
};

TROUPE_INSPECT_ENUM(dialect_choice)

/// How both sides of TLS with a remote server are authenticated. Files are PEM.
struct tls_options {
  /// Authorities trusted instead of the system's; empty: the system's.
  std::string ca_file;
  /// Our own certificate and key; both or none.
  std::string certificate_file;
  std::string key_file;
  /// Accepts any certificate of the server. Shown in status.
  bool insecure = false;

  friend bool operator==(const tls_options&, const tls_options&) = default;
};

TROUPE_INSPECT(tls_options, ca_file, certificate_file, key_file, insecure)

/// How to reach one server and how to treat it. A plain value; `validate` (in
/// `messages/config/config.hpp`) says whether it can be used.
struct server_spec {
  /// Identity: unique within a runtime. 1 to 128 bytes, no control characters.
  std::string name;
  std::string description;
  /// "stdio"; "http" (Streamable HTTP, and HTTP+SSE where the server knows
  /// nothing newer); "sse" (HTTP+SSE alone); or "pipe" for a server in this
  /// process (`command` is its name in `runtime_options::pipes`).
  std::string transport = "stdio";
  /// Whether it is among the servers that `apply_servers` starts. `open_client`
  /// names one alone, and starts it in any case.
  bool enabled = true;

  // -- stdio

  /// A path, or a name that is looked up in PATH once, at start. No shell.
  std::string command;
  std::vector<std::string> args;
  /// Variables added to the inherited ones.
  std::map<std::string, secret> env;
  /// Names passed on from the host besides the fixed list (HOME, PATH, ...).
  std::vector<std::string> env_inherit;
  /// Empty: the host's.
  std::string cwd;
  /// Lets the server run setuid programs (sudo, fusermount). The price: what it
  /// starts with them cannot be killed by us, and status says so.
  bool allow_setuid = false;

  // -- remote

  std::string url;
  /// Sent with each request, to the origin of `url` alone.
  std::map<std::string, secret> headers;
  tls_options tls;

  // -- treatment

  /// Started on first use.
  bool lazy = false;
  dialect_choice dialect = dialect_choice::automatic;
  when_not_ready not_ready = when_not_ready::queue;
  restart_policy restart;
  server_timeouts timeouts;
  server_limits limits;

  friend bool operator==(const server_spec&, const server_spec&) = default;
};

TROUPE_INSPECT(server_spec, name, description, transport, enabled, command,
               args, env, env_inherit, cwd, allow_setuid, url, headers, tls,
               lazy, dialect, not_ready, restart, timeouts, limits)

// -- the usual ones -----------------------------------------------------------

/// A server that is a program of this machine, on stdin and stdout.
inline server_spec program_server(std::string name, std::string command,
                                  std::vector<std::string> args = {}) {
  server_spec result;
  result.name = std::move(name);
  result.command = std::move(command);
  result.args = std::move(args);
  return result;
}

/// A server that is reached over HTTP.
inline server_spec remote_server(std::string name, std::string url) {
  server_spec result;
  result.name = std::move(name);
  result.transport = "http";
  result.url = std::move(url);
  return result;
}

/// A server within this process, by its name in `runtime_options::pipes`.
inline server_spec pipe_server_spec(std::string name, std::string pipe) {
  server_spec result;
  result.name = std::move(name);
  result.transport = "pipe";
  result.command = std::move(pipe);
  return result;
}

} // namespace troupe
