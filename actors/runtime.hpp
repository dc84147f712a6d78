#pragma once

#include "troupe/actors/interfaces.hpp"
#include "troupe/actors/supervision/supervisor.hpp"
#include "troupe/messages/client_identity.hpp"
#include "troupe/transports/credentials.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace troupe {

class pipe_server;

struct runtime_options {
  /// Where the warden's program is. Empty: $TROUPE_WARDEN, else beside this
  /// program, else the installed place.
  std::string warden;
  /// The gate for starts.
  spawn_limits starts;
  /// In-process servers, for specs whose `transport` is "pipe": by the spec's
  /// `command`. Their callbacks run on the pool for callbacks.
  std::map<std::string, std::shared_ptr<pipe_server>> pipes;
  /// Gives a remote server's source of credentials, or null: once for each
  /// start, before its first request. Each source serves one origin, that of
  /// the spec's `url`, which is resolved then: a server whose URL was edited to
  /// another origin must get another source, and fails where it does not. Runs
  /// on the pool for callbacks: it may block, and where it throws that server
  /// fails, and is tried again as after any failure.
  std::function<credential_source_ptr(const server_spec&)> credentials;
  /// Requests over HTTP under way at a time, and responses that are open
  /// streams, all clients together. Each has a thread.
  size_t http_calls_max = defaults::http_calls_max;
  size_t http_streams_max = defaults::http_streams_max;
  /// The actors that answer requests of servers (for the user, a model, the
  /// host). May be changed later (`runtime::set_handler`).
  input_handlers handlers;
  /// What servers are told of their client: the embedder's name and version.
  /// Without a name it is the library's. One that is not UTF-8 or too long
  /// (`client_text_bytes_max` in `defaults`) is not used; `problem` says so.
  implementation client = default_client();
};

/// Everything of Troupe in one actor system: the one thread for pipes, the
/// warden, and the actors. Lives shorter than the system, whose configuration
/// must have been given to `register_types` (and should have been given to
/// `configure_scheduler`). Declare it after the system: ~actor_system waits for
/// all actors, ours too, and hangs unless `stop` was called before.
///
/// Belongs to one thread, which is no actor: agents talk to `registry()`, a
/// handle that any thread may use.
class runtime {
public:
  /// Throws `std::system_error` where there is no thread or no descriptor for
  /// it; nothing was started then.
  explicit runtime(caf::actor_system& system, runtime_options options = {});

  /// Like `stop`, if that was not called. Bounded.
  ~runtime();

  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  /// What is wrong from the start, if anything. Without the warden
  /// (`warden_unavailable`) no server that is a process can be started; all
  /// others can. With a `client` that cannot be told (`invalid_argument`) servers
  /// see the library's name.
  const failure& problem() const;

  /// Where servers are added and called by name (actors/interfaces.hpp).
  const registry_handle& registry() const;

  /// Where events come from.
  const monitor_handle& monitor() const;

  /// Sets another actor that answers requests of that server; empty: of all
  /// servers that were not named (`set_input_handler`). From any thread.
  void set_handler(std::string server, input_handler x);

  /// Stops every server in parallel and waits for the proofs, as long as
  /// `stop_all` may take. Then no callback of the embedder's begins any more;
  /// one that still runs has `defaults::callback_stop_grace` to come back, and
  /// its thread is abandoned after that. Idempotent: later calls return the
  /// same.
  stop_all_report stop();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace troupe
