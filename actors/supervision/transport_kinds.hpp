#pragma once

#include "troupe/actors/supervision/supervisor.hpp"

#include "troupe/transports/http/credential_bindings.hpp"
#include "troupe/transports/io/callback_pool.hpp"
#include "troupe/transports/said_once.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace troupe {

class http_pool;
class io_thread;
class pipe_server;
class warden;
class worker_pool;

struct transport_options {
  /// See `find_warden`.
  std::string warden;
  std::map<std::string, std::shared_ptr<pipe_server>> pipes;
  /// See `runtime_options`.
  credential_bindings::give_fn credentials;
  size_t http_calls_max = defaults::http_calls_max;
  size_t http_streams_max = defaults::http_streams_max;
  /// Threads that are there already; null: one of our own.
  std::shared_ptr<worker_pool> pool;
};

/// Makes the transports of all kinds, and owns what they share: the I/O thread,
/// the warden, the threads of HTTP, and those of the embedder's callbacks.
/// Thread-safe.
class transport_kinds : public std::enable_shared_from_this<transport_kinds> {
public:
  explicit transport_kinds(transport_options options);
  ~transport_kinds();

  /// Why no server that is a process can be started, if that is so.
  failure problem() const;

  /// Null where there is no such kind.
  transport_ptr make(const shared_spec& spec);

  /// `f` gets the origin when a source of credentials has new ones.
  void on_credentials_changed(credential_bindings::changed_fn f);

  /// The threads for callbacks of the embedder's.
  const callback_pool_ptr& callbacks() const {
    return callbacks_;
  }

  /// No callback of the embedder's begins after this. Those that still run get
  /// `defaults::callback_stop_grace` to come back, and are abandoned after
  /// that. For a thread that may wait.
  void end_callbacks();

  /// The warden's current pid; 0 while none runs.
  int32_t warden_pid() const;
  uint64_t warden_restarts() const;

private:
  transport_ptr make_stdio(const shared_spec& spec);
  transport_ptr make_http(const server_spec& spec);
  transport_ptr make_pipe(const server_spec& spec);

  std::shared_ptr<io_thread> io_;
  std::string no_warden_; // why none was found
  std::string program_;
  transport_options options_;
  callback_pool_ptr callbacks_;
  std::shared_ptr<credential_bindings> credentials_;
  std::shared_ptr<http_pool> http_;
  said_once warned_;               // used on the I/O thread
  std::unique_ptr<warden> warden_; // used on the I/O thread, and ends there
};

} // namespace troupe
