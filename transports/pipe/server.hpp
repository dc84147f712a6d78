#pragma once

#include "troupe/messages/errc.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

class callback_pool;
class pipe_hub;
struct pipe_link;
class transport;
struct server_limits;

/// One client's connection to a `pipe_server`, as its callbacks get it. A copy
/// may be kept for later answers; it keeps nothing alive. Thread-safe.
class pipe_connection {
public:
  /// Counted by its server, from 1: no two connections have the same.
  uint64_t number() const {
    return number_;
  }

  /// Sends a frame. False where this connection has ended: the frame is
  /// dropped, and never reaches another one.
  bool send(std::string frame) const;
  /// Sends several frames as of one read.
  bool send(std::vector<std::string> frames) const;
  /// Ends it as a server that dies does.
  void hang_up(errc why = errc::connection_lost, std::string text = "hung up",
               int32_t exit_status = -1) const;

private:
  friend class pipe_hub;
  std::weak_ptr<pipe_hub> hub_;
  std::weak_ptr<pipe_link> link_;
  uint64_t number_ = 0;
};

/// What an in-process server does, each part optional. Callbacks run one after
/// the other, for all connections of a server together, so that they need no
/// lock against each other. In a runtime they run on a `callback_pool`: they
/// may block, and delay only their own server; an exception ends the connection
/// with `internal_error` (and is dropped where that has ended). If one does not
/// return, its client runs into its timeouts, and the server gets no further
/// callbacks. If the pool has no thread for them, the connection ends with
/// `overloaded`.
struct pipe_callbacks {
  using on_connection_fn = std::function<void(const pipe_connection&)>;
  using on_frame_fn =
    std::function<void(const pipe_connection&, std::string frame)>;

  /// A client has connected, before its first frame.
  on_connection_fn on_begin{};
  /// Called for each frame of a client.
  on_frame_fn on_frame{};
  /// It has gone: once for each `on_begin`, and the last callback for it. If
  /// its pool cannot start a thread, or has ended, it is called together with
  /// another connection's next callback.
  on_connection_fn on_end{};
};

/// The server's side of `pipe_transport`s: an in-process server for embedding,
/// and the scripted server of deterministic tests. Thread-safe. No callback
/// runs under a lock, none inside another one of the same server, and none
/// begins once the server is destroyed.
///
/// It serves any number of clients at a time; `connections` counts all
/// attempts. Outside of callbacks, `send` and `hang_up` mean the youngest.
class pipe_server {
public:
  using on_frame_fn = pipe_callbacks::on_frame_fn;

  explicit pipe_server(on_frame_fn on_frame = nullptr);
  explicit pipe_server(pipe_callbacks callbacks);
  /// Ends what connections there still are, also those that `hold_on` kept.
  ~pipe_server();
  pipe_server(const pipe_server&) = delete;
  pipe_server& operator=(const pipe_server&) = delete;

  // -- towards the client

  /// Sends a frame; false where no client is connected, or the client is
  /// further behind than `defaults::inbound_bytes_max` twice.
  bool send(std::string frame);
  /// Sends several frames as of one read.
  bool send(std::vector<std::string> frames);
  /// Ends the connection as a server that dies does, with this exit status
  /// where it has one.
  void hang_up(errc why = errc::connection_lost, std::string text = "hung up",
               int32_t exit_status = -1);

  // -- what the client did

  /// Takes the oldest frame that was not taken; empty where there is none.
  /// Frames are kept only where no `on_frame` was given.
  std::string take();
  size_t waiting() const;
  bool connected() const;
  size_t connections() const;

  // -- faults, for the next connections and frames

  /// Connections are accepted but do not come up before `release`.
  void hold_connections();
  void release();
  /// The next connection fails with this.
  void fail_next(errc why, std::string text);
  /// Frames stay in the outbox, unsent, until `resume`.
  void pause();
  void resume();
  /// The transport does not end when told to, until `let_go`.
  void hold_on();
  void let_go();

private:
  friend std::shared_ptr<transport>
  make_pipe_transport(std::shared_ptr<pipe_server> server,
                      const server_limits& limits,
                      std::shared_ptr<callback_pool> pool);
  std::shared_ptr<pipe_hub> hub_;
};

} // namespace troupe
