#pragma once

#include "troupe/actors/ask.hpp"
#include "troupe/actors/input_handlers.hpp"
#include "troupe/actors/interfaces.hpp"
#include "troupe/actors/spawn_limits.hpp"
#include "troupe/messages/client_identity.hpp"
#include "troupe/transports/credentials.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace troupe {

class pipe_server;

struct runtime_options {
  /// Where the warden's program is. Empty: $TROUPE_WARDEN, else as installed
  /// with this program, else beside it, else the installed place.
  std::string warden;
  /// The gate for starts.
  spawn_limits starts;
  /// In-process servers, for specs whose `transport` is "pipe": by the spec's
  /// `command`. Their callbacks run on the pool for callbacks.
  std::map<std::string, std::shared_ptr<pipe_server>> pipes;
  /// Gives a remote server's source of credentials, or null: one that answers
  /// when it can (transports/credentials.hpp), or one whose functions block
  /// (transports/blocking_credentials.hpp). Called once for each start, before
  /// its first request. Each source serves one origin, that of the spec's
  /// `url`, which is resolved then: a server whose URL was edited to another
  /// origin must get another source, and fails where it does not. Runs on the
  /// pool for callbacks: it may block, and where it throws that server fails,
  /// and is tried again as after any failure.
  std::function<credential_source_ptr(const server_spec&)> credentials;
  /// Requests over HTTP under way at a time, and responses that are open
  /// streams, all clients together. Each has a thread.
  size_t http_calls_max = defaults::http_calls_max;
  size_t http_streams_max = defaults::http_streams_max;
  /// Called for each event, and for each diagnostic, one after the other, on
  /// the pool for callbacks. They may block; a function that is too slow hears
  /// of the newest event of each server only, and of no diagnostics. An
  /// exception is dropped; the first one is reported as `embedder_fault`. Both
  /// may be empty.
  std::function<void(const client_event&)> on_event;
  std::function<void(const diagnostic&)> on_diagnostic;
  /// The actors that answer requests of servers (for the user, a model, the
  /// host). May be changed later (`runtime::set_handler`).
  input_handlers handlers;
  /// What servers are told of their client: the embedder's name and version.
  /// Without a name it is the library's. One that is not UTF-8 or too long
  /// (`client_text_bytes_max` in `defaults`) is not used; `problem` says so.
  implementation client = default_client();
};

/// Everything of Troupe in one actor system: the one thread for pipes, the
/// warden, and the actors. Lives shorter than the system. Declare it after the
/// system: ~actor_system waits for all actors, ours too, and hangs unless
/// `stop` was called before.
///
/// Belongs to one thread, which is no actor. From other threads, `ask`, `open`,
/// `set_handler` and the handles may be used until `stop`; actors use the
/// handles only.
class runtime {
public:
  /// Throws `std::logic_error` where the system's configuration was not given
  /// to `configure` (config.hpp), and `std::system_error` where there is no
  /// thread or no descriptor for it; nothing was started then.
  explicit runtime(caf::actor_system& system, runtime_options options = {});

  /// Like `stop`, if that was not called. Bounded.
  ~runtime();

  runtime(const runtime&) = delete;
  runtime& operator=(const runtime&) = delete;

  caf::actor_system& system();

  /// Asks one of our actors, and waits for the answer: see ask.hpp.
  template <class Handle, asked_without_timeout<Handle> Message>
  reply_from<Handle, Message> ask(const Handle& to, Message x) {
    return troupe::ask(system(), to, std::move(x));
  }
  template <class Handle, asked_of<Handle> Message>
  reply_from<Handle, Message> ask(const Handle& to, Message x,
                                  std::chrono::milliseconds timeout) {
    return troupe::ask(system(), to, std::move(x), timeout);
  }

  /// Adds a server, as `open_client` does. It starts at once, unless its
  /// specification says `lazy`; calls wait until it is ready.
  answer<client_ref> open(server_spec spec);

  /// What is wrong from the start, if anything. Without the warden
  /// (`warden_unavailable`) no server that is a process can be started; all
  /// others can, and calls of those that cannot fail with `needs_person`. With
  /// a `client` that cannot be told (`invalid_argument`)
  /// servers see the library's name.
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
  void end_events();

  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace troupe
