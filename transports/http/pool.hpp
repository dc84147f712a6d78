#pragma once

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
  /// How long the answer of a lookup serves.
  std::chrono::milliseconds name_time = defaults::http_name_time;
  /// The host's own, if not given.
  environment variable;
  /// Where sources of credentials are asked; one of its own, if not given.
  callback_pool_ptr callbacks;
};

/// A connection that carries one exchange after another.
struct http_connection {
  std::unique_ptr<http_channel> channel;
  std::string key; ///< connections with the same one are alike
  bool reused = false;
};

/// The threads that wait for servers, and the connections that wait for
/// requests; shared by all clients of a runtime. Each exchange under way has a
/// thread: a call that waits for its answer, or a stream that is open. There
/// are only as many threads as there is work, and none while there is none.
/// Thread-safe.
class http_pool {
public:
  explicit http_pool(http_pool_options options = {});
  /// Waits for its threads, which have nothing to do any more.
  ~http_pool();
  http_pool(const http_pool&) = delete;
  http_pool& operator=(const http_pool&) = delete;

  /// What an exchange counts as.
  enum class kind : uint8_t {
    call,
    stream,
    note,     ///< short, and no call: has places of its own
    farewell, ///< may always run, up to `defaults::http_farewells_max`
  };

  /// Held by the work while it runs.
  class place {
  public:
    virtual ~place() = default;
    /// The call, or note, turned out to be an open stream: where there is room
    /// for one more, it leaves its place to others of its kind.
    virtual void becomes_stream() = 0;
  };

  using work = std::function<void(place&)>;

  /// For each client, once: it names the client in what follows.
  uint64_t join();
  /// Closes the connections that wait and were last used by that client.
  void leave(uint64_t client);

  /// Runs `f` on one of the threads, in the client's turn. False: there are no
  /// threads to be had.
  bool submit(uint64_t client, kind what, uint64_t id, work f);
  /// Takes work back that has not begun.
  bool withdraw(uint64_t client, kind what, uint64_t id);

  // -- connections

  /// One that waits, else an empty one.
  http_connection take(const std::string& key);
  /// Keeps it for the next request, for so long.
  void keep(uint64_t client, http_connection x, std::chrono::milliseconds time);

  http_resolver& names();
  const tcp_patience& patience() const;
  std::string variable(const char* name) const;
  const callback_pool_ptr& callbacks() const;
  /// For the same options the same, as long as their files are.
  tls_context_ptr tls(const tls_options& options, std::string& fault);

  /// Threads that are there, and connections that wait.
  size_t threads() const;
  size_t kept() const;

private:
  std::shared_ptr<http_pool_state> state_;
};

using http_pool_ptr = std::shared_ptr<http_pool>;

} // namespace troupe
