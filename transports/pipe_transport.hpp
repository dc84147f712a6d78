#pragma once

#include "transports/transport.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

class pipe_hub;

/// The server's side of `pipe_transport`s: an in-process server for embedding,
/// and the scripted server of deterministic tests. Thread-safe. Has no thread:
/// whoever sends runs the receiver's side, or leaves it to the thread that is
/// running it just then. No callback runs under a lock, and none runs inside
/// another one of the same connection: what a callback causes comes after it.
///
/// It serves one connection after another; `connections` counts all attempts.
class pipe_server {
public:
  /// Called for each frame of the client, one after the other.
  using on_frame_fn = std::function<void(pipe_server&, std::string frame)>;

  explicit pipe_server(on_frame_fn on_frame = nullptr);
  /// Ends what connections there still are, also those that `hold_on` kept.
  ~pipe_server();
  pipe_server(const pipe_server&) = delete;
  pipe_server& operator=(const pipe_server&) = delete;

  // -- towards the client

  /// Sends a frame; false where nobody is connected, or the client is further
  /// behind than `defaults::inbound_bytes_max` twice.
  bool send(std::string frame);
  /// Sends several frames as of one read.
  bool send(std::vector<std::string> frames);
  /// Ends the connection as a server that dies does, with this exit status
  /// where it has one.
  void hang_up(errc why = errc::connection_lost, std::string text = "hung up",
               int32_t exit_status = -1);

  // -- what the client did

  /// Takes the oldest frame that nobody took; empty where there is none. Frames
  /// are kept only where no `on_frame` was given.
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
  friend transport_ptr make_pipe_transport(std::shared_ptr<pipe_server> server,
                                           const server_limits& limits);
  std::shared_ptr<pipe_hub> hub_;
};

/// Connects to a `pipe_server` in the same process. The transport keeps
/// `server`.
transport_ptr make_pipe_transport(std::shared_ptr<pipe_server> server,
                                  const server_limits& limits = {});

} // namespace troupe
