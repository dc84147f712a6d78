#pragma once

#include "troupe/transports/guard/protocol.hpp"

#include <span>

/// Packets and descriptors over one end of a SEQPACKET socket pair. Never
/// blocks, never raises SIGPIPE. Used by host, warden and shim.
namespace troupe::guard_protocol {

/// Returns 0 or an errno. The descriptors remain the caller's.
int send_packet(int socket, std::span<const char> bytes,
                std::span<const int> fds = {});

template <class Message>
int send(int socket, const Message& x, std::span<const int> fds = {}) {
  auto bytes = encode(x);
  return send_packet(socket, bytes, fds);
}

/// One packet with its descriptors (O_CLOEXEC); what is not taken is closed.
class received {
public:
  received() = default;
  received(received&&) = delete;
  ~received();

  /// Reads the next packet. Returns 0, EAGAIN where none waits, EPIPE at the
  /// end, else an errno.
  int receive(int socket);

  std::span<const char> bytes() const {
    return {bytes_, size_};
  }

  size_t fds() const {
    return fd_count_;
  }

  /// Some of its descriptors did not fit into this process.
  bool is_cut() const {
    return cut_;
  }

  /// The caller's from now on; -1 where there is none.
  int take_fd(size_t index);

private:
  void close_all();

  char bytes_[packet_bytes_max];
  size_t size_ = 0;
  int fds_[packet_fds_max];
  size_t fd_count_ = 0;
  bool cut_ = false;
};

} // namespace troupe::guard_protocol
