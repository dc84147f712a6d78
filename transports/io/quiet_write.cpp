#include "troupe/transports/io/quiet_write.hpp"

#include <atomic>
#include <cerrno>
#include <signal.h>

namespace troupe {

namespace {

// Linux 6.18; older headers do not name it.
constexpr int rwf_nosignal = 0x100;

std::atomic<bool> kernel_can = true;

bool is_pending(int signal) {
  auto pending = sigset_t{};
  sigpending(&pending);
  return sigismember(&pending, signal) == 1;
}

} // namespace

ssize_t write_quietly(int fd, const iovec* parts, int count) {
  if (kernel_can.load(std::memory_order_relaxed)) {
    auto n = pwritev2(fd, parts, count, -1, rwf_nosignal);
    if (n >= 0 || (errno != EOPNOTSUPP && errno != EINVAL && errno != ENOSYS))
      return n;
    kernel_can.store(false, std::memory_order_relaxed);
  }
  return write_with_sigpipe_blocked(fd, parts, count);
}

ssize_t write_with_sigpipe_blocked(int fd, const iovec* parts, int count) {
  auto pipe = sigset_t{};
  auto before = sigset_t{};
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  // If it was blocked before, a pending one is not ours to take.
  auto was_blocked = sigismember(&before, SIGPIPE) == 1;
  auto foreign = was_blocked && is_pending(SIGPIPE);
  auto n = writev(fd, parts, count);
  auto error = n < 0 ? errno : 0;
  auto now = timespec{};
  if (error == EPIPE && !foreign)
    while (sigtimedwait(&pipe, nullptr, &now) < 0 && errno == EINTR) {
      // nop
    }
  if (!was_blocked)
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return n;
}

} // namespace troupe
