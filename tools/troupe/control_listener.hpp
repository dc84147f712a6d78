#pragma once

#include "troupe/transports/io/unique_fd.hpp"

#include <string>
#include <string_view>

#include <sys/types.h>

namespace troupe::cli {

/// The socket of a running program: mode 0600, gone with this object. A lock
/// beside it (`PATH.lock`) decides between programs that start at once; what a
/// dead one left is replaced.
class control_listener {
public:
  struct opened;

  /// Before threads are started, because it sets the umask for a moment.
  static opened open(const std::string& path);

  control_listener() = default;
  control_listener(control_listener&&) = default;
  control_listener& operator=(control_listener&&) = default;
  ~control_listener();

  int fd() const {
    return socket_.get();
  }
  const std::string& path() const {
    return path_;
  }

private:
  std::string path_;
  unique_fd lock_;
  unique_fd socket_;
};

struct control_listener::opened {
  control_listener value;
  std::string error;       ///< a sentence; empty: none
  pid_t running_pid = 0;   ///< of the program that has it; 0: none, or unknown
  bool is_running = false; ///< another program has it
};

/// Why a path cannot name a socket.
inline constexpr std::string_view path_too_long =
  "is too long for a socket's path (107 bytes at most); choose another with "
  "--socket";

/// A connection to a socket, or why there is none: errno in `error`.
struct connected {
  unique_fd fd;
  int error = 0;
  pid_t pid = 0; ///< who listens
  bool trusted = false;
};
connected connect_to(const std::string& path);

/// Whether the other end is of this user, or of root. `pid`: its process.
bool is_trusted_peer(int fd, pid_t& pid);

} // namespace troupe::cli
