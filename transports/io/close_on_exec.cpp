#include "troupe/transports/io/close_on_exec.hpp"

#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace troupe {

/// As the kernel writes it.
struct listed_name {
  uint64_t inode;
  int64_t next;
  uint16_t size;
  uint8_t type;
  char name[1];
};

/// -1 for "." and "..".
static int number_of(const char* text) {
  auto n = *text < '0' ? -1 : 0;
  for (; *text >= '0' && *text <= '9'; ++text)
    n = n * 10 + (*text - '0');
  return n;
}

void close_on_exec_from(unsigned first) {
  if (close_range(first, ~0u, CLOSE_RANGE_CLOEXEC) != 0)
    close_on_exec_each(first);
}

void close_on_exec_each(unsigned first) {
  alignas(listed_name) char bytes[2048];
  auto list = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  auto more = [&] {
    return syscall(SYS_getdents64, list, bytes, sizeof(bytes));
  };
  for (auto n = more(); n > 0; n = more())
    for (auto at = long{0}; at < n;) {
      auto* x = reinterpret_cast<const listed_name*>(bytes + at);
      auto fd = number_of(x->name);
      if (fd >= 0 && static_cast<unsigned>(fd) >= first)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
      at += x->size;
    }
  close(list);
}

} // namespace troupe
