#pragma once

#include "troupe/messages/errc.hpp"
#include "troupe/transports/io/unique_fd.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace troupe {

class tls_context;
class tls_session;

/// Why a step on the network failed.
struct net_fault {
  errc why = errc::none;
  std::string text;

  explicit operator bool() const {
    return why != errc::none;
  }
};

/// Bytes to and from one server, plain or by TLS. Its calls block, up to a
/// deadline; shutting the socket down ends each of them at once. For one thread
/// at a time.
class http_channel {
public:
  using clock = std::chrono::steady_clock;

  /// Takes a connected, non-blocking socket.
  explicit http_channel(unique_fd socket);
  ~http_channel();

  /// Agrees on TLS; all bytes after it are encrypted. `host`: the name that the
  /// certificate must have.
  bool secure(const tls_context& context, const std::string& host,
              clock::time_point until);

  /// At most `size` bytes, 0 at the end, -1 where it fails.
  ssize_t read(char* to, size_t size, clock::time_point until);

  /// All of it, or false.
  bool write(std::string_view bytes, clock::time_point until);

  /// Whether the server keeps the connection open and has sent nothing on it.
  bool idle() const;

  /// Bytes that were written to the socket.
  uint64_t sent() const {
    return sent_;
  }

  /// Of the last call that failed.
  const net_fault& fault() const {
    return fault_;
  }

  int fd() const {
    return socket_.get();
  }

private:
  ssize_t try_read(char* to, size_t size);
  ssize_t try_write(std::string_view bytes);
  bool wait(int events, clock::time_point until);
  bool fail(errc why, std::string text);

  unique_fd socket_;
  std::unique_ptr<tls_session> tls_;
  net_fault fault_;
  uint64_t sent_ = 0;
  bool asked_ = false; // nothing was read since the last write
};

/// What poll takes: milliseconds, rounded up, -1 for no end.
int poll_time(http_channel::clock::time_point until);

} // namespace troupe
