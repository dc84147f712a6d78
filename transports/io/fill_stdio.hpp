#pragma once

#include <fcntl.h>
#include <unistd.h>

namespace troupe {

/// Opens /dev/null where stdin, stdout or stderr is closed, so that no other
/// file that we open takes their numbers. To be called first in a program.
inline void fill_stdio() {
  auto fd = ::open("/dev/null", O_RDWR);
  while (fd >= 0 && fd < STDERR_FILENO)
    fd = ::dup(fd);
  if (fd > STDERR_FILENO)
    ::close(fd);
}

} // namespace troupe
