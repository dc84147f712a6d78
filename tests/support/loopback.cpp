#include "troupe/tests/support/loopback.hpp"

#include <array>
#include <poll.h>
#include <sys/socket.h>

namespace troupe {

sockaddr_in loopback(uint16_t port) {
  auto result = sockaddr_in{};
  result.sin_family = AF_INET;
  result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  result.sin_port = htons(port);
  return result;
}

int connect_to(uint16_t port) {
  auto fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(port);
  connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  return fd;
}

void relay(int a, int b) {
  auto both = std::array{pollfd{a, POLLIN, 0}, pollfd{b, POLLIN, 0}};
  char buffer[16 << 10];
  while (poll(both.data(), 2, -1) > 0)
    for (size_t i = 0; i < 2; ++i) {
      if (both[i].revents == 0)
        continue;
      auto n = recv(both[i].fd, buffer, sizeof(buffer), 0);
      if (n <= 0 || send(both[1 - i].fd, buffer, n, MSG_NOSIGNAL) != n)
        return;
    }
}

} // namespace troupe
