// A warden that comes up and then answers nothing, whatever it is asked, not
// even when it is continued. Arguments as the real one's. WITHOUT_PIDFD: one
// that a kernel before 5.3 runs.

#include "troupe/transports/guard/packet_socket.hpp"

#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace troupe;

int main(int argc, char** argv) {
  auto socket = -1;
  for (int i = 1; i < argc; ++i)
    if (std::strncmp(argv[i], "--socket=", 9) == 0)
      socket = std::atoi(argv[i] + 9);
  if (socket < 0 || fork() != 0)
    return 0;
#ifdef WITHOUT_PIDFD
  guard_protocol::send(socket, guard_protocol::hello{getpid()});
#else
  auto pidfd = static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0));
  guard_protocol::send(socket, guard_protocol::hello{getpid()}, {&pidfd, 1});
#endif
  // Signals are blocked, an alarm too: the end of its host must end it.
  auto host = pollfd{socket, 0, 0};
  while (poll(&host, 1, -1) != 1)
    ;
}
