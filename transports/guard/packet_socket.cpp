#include "troupe/transports/guard/packet_socket.hpp"

#include <cerrno>
#include <sys/socket.h>
#include <unistd.h>

namespace troupe::guard_protocol {

/// Room for the descriptors beside one packet.
union fd_room {
  char bytes[CMSG_SPACE(packet_fds_max * sizeof(int))];
  cmsghdr align;
};

static void attach(msghdr& msg, fd_room& room, std::span<const int> fds) {
  msg.msg_control = room.bytes;
  msg.msg_controllen = CMSG_SPACE(fds.size_bytes());
  auto* c = CMSG_FIRSTHDR(&msg);
  c->cmsg_level = SOL_SOCKET;
  c->cmsg_type = SCM_RIGHTS;
  c->cmsg_len = CMSG_LEN(fds.size_bytes());
  std::memcpy(CMSG_DATA(c), fds.data(), fds.size_bytes());
}

int send_packet(int socket, std::span<const char> bytes,
                std::span<const int> fds) {
  if (fds.size() > packet_fds_max)
    return EINVAL;
  auto part = iovec{const_cast<char*>(bytes.data()), bytes.size()};
  auto room = fd_room{};
  auto msg = msghdr{};
  msg.msg_iov = &part;
  msg.msg_iovlen = 1;
  if (!fds.empty())
    attach(msg, room, fds);
  for (;;) {
    if (sendmsg(socket, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
      return 0;
    if (errno != EINTR)
      return errno;
  }
}

received::~received() {
  close_all();
}

static ssize_t receive_once(int socket, msghdr& msg) {
  for (;;) {
    auto n = recvmsg(socket, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n >= 0 || errno != EINTR)
      return n;
  }
}

int received::receive(int socket) {
  close_all();
  auto part = iovec{bytes_, sizeof(bytes_)};
  auto room = fd_room{};
  auto msg = msghdr{};
  msg.msg_iov = &part;
  msg.msg_iovlen = 1;
  msg.msg_control = room.bytes;
  msg.msg_controllen = sizeof(room.bytes);
  auto n = receive_once(socket, msg);
  // A peer that closed with input unread leaves an ECONNRESET in front of what
  // it had sent before: the data comes with the next call.
  if (n < 0 && errno == ECONNRESET) {
    msg.msg_controllen = sizeof(room.bytes);
    n = receive_once(socket, msg);
  }
  if (n < 0)
    return errno;
  for (auto* c = CMSG_FIRSTHDR(&msg); c != nullptr; c = CMSG_NXTHDR(&msg, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
      continue;
    fd_count_ = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    std::memcpy(fds_, CMSG_DATA(c), fd_count_ * sizeof(int));
  }
  size_ = static_cast<size_t>(n);
  cut_ = (msg.msg_flags & MSG_CTRUNC) != 0;
  // Our packets are never empty.
  return n == 0 ? EPIPE : 0;
}

int received::take_fd(size_t index) {
  if (index >= fd_count_)
    return -1;
  auto fd = fds_[index];
  fds_[index] = -1;
  return fd;
}

void received::close_all() {
  for (size_t i = 0; i < fd_count_; ++i)
    if (fds_[i] >= 0)
      close(fds_[i]);
  fd_count_ = 0;
  size_ = 0;
  cut_ = false;
}

} // namespace troupe::guard_protocol
