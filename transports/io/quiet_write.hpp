#pragma once

#include <sys/uio.h>

namespace troupe {

/// writev(2) that raises no SIGPIPE: a pipe without a reader is EPIPE and
/// nothing else. The process's disposition and the thread's mask stay; a
/// SIGPIPE that was pending before stays pending.
ssize_t write_quietly(int fd, const iovec* parts, int count);

/// writev(2) that raises no SIGPIPE, by means that every kernel has: the signal
/// is blocked around the write and taken back. Costs two more system calls.
ssize_t write_with_sigpipe_blocked(int fd, const iovec* parts, int count);

} // namespace troupe
