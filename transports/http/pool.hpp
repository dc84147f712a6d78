#pragma once

#include "troupe/messages/config/variables.hpp"
#include "troupe/messages/defaults.hpp"
#include "troupe/transports/http/dial.hpp"
#include "troupe/transports/io/callback_pool.hpp"

#include <functional>
#include <memory>

namespace troupe {

class http_pool_state;

struct http_pool_options {
  size_t calls_max = defaults::http_calls_max;
  size_t client_calls_max = defaults::http_client_calls_max;
  size_t streams_max = defaults::http_streams_max;
  size_t notes_max = defaults::http_notes_max;
  size_t client_notes_max = defaults::http_client_notes_max;
  std::chrono::milliseconds thread_idle = defaults::http_thread_idle;
  tcp_patience patience;
  name_lookup lookup = look_up_name;
  /// How long the addresses of a name are cached.
  std::chrono::milliseconds name_time = defaults::http_name_time;
  /// The environment, which may name proxies.
  variable_lookup variables = variable_of_host;
  /// Where sources of credentials are called; an own pool, if not set.
  callback_pool_ptr callbacks;
};

/// A connection that carries one exchange after another.
struct http_connection {
  std::unique_ptr<http_channel> channel;
  std::string key; ///< connections with the same one are interchangeable
  bool reused = false;
};

/// The threads that wait for servers, and the idle connections; shared by all
/// clients of a runtime. Each exchange under way has a thread: a call that
/// waits for its answer, or a stream that is open. There are only as many
/// threads as there is work, and none while there is none. Thread-safe.
class http_pool {
public:
  explicit http_pool(http_pool_options options = {});
  /// Waits for its threads, which have no work any more.
  ~http_pool();
  http_pool(const http_pool&) = delete;
  http_pool& operator=(const http_pool&) = delete;

  /// The kind of an exchange, by which slots are counted.
  enum class kind : uint8_t {
    call,
    stream,
    note,     ///< short, and no call: has slots of its own
    farewell, ///< always runs, up to `defaults::http_farewells_max`
  };

  /// The slot of running work.
  class place {
  public:
    virtual ~place() = default;
    /// The call, or note, turned out to be an open stream: if a stream's slot
    /// is free, it moves there and leaves its own to others of its kind.
    virtual void becomes_stream() = 0;
  };

  using work = std::function<void(place&)>;

  /// Called once for each client: the number names it in what follows.
  uint64_t join();
  /// Closes the idle connections that were last used by that client.
  void leave(uint64_t client);

  /// Runs `f` on one of the threads, in the client's turn. False: no thread can
  /// be started.
  bool submit(uint64_t client, kind what, uint64_t id, work f);
  /// Takes back work that has not begun.
  bool withdraw(uint64_t client, kind what, uint64_t id);

  // -- connections

  /// An idle connection with that key, else an empty one.
  http_connection take(const std::string& key);
  /// Keeps it for the next request, for that time.
  void keep(uint64_t client, http_connection x, std::chrono::milliseconds time);

  http_resolver& names();
  const tcp_patience& patience() const;
  const variable_lookup& variables() const;
  const callback_pool_ptr& callbacks() const;
  /// One context for all equal options, until their files change.
  tls_context_ptr tls(const tls_options& options, std::string& fault);

  /// Threads that run, and idle connections.
  size_t threads() const;
  size_t kept() const;

private:
  std::shared_ptr<http_pool_state> state_;
};

using http_pool_ptr = std::shared_ptr<http_pool>;

} // namespace troupe
