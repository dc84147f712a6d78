#pragma once

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <poll.h>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>

/// Stdout of a program that ends with `finish`: output that could not be
/// written is an error, with a sentence on stderr and an exit status of its
/// own. Only a reader that went away (`| head`) is not reported.
namespace troupe::standard_output {

/// errno of the first write that failed; 0: all was written.
inline int lost = 0;

/// Remembers the first write error, and reports it.
inline void lose(int error) {
  if (lost != 0)
    return;
  lost = error;
  if (error != EPIPE)
    std::fprintf(stderr, "%s: error: stdout cannot be written: %s\n",
                 program_invocation_short_name,
                 std::generic_category().message(error).c_str());
}

/// Writes all of it, waiting as long as it takes; nothing after a failure.
inline void print(std::string_view text) {
  while (lost == 0 && !text.empty()) {
    auto n = ::write(STDOUT_FILENO, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(static_cast<size_t>(n));
    } else if (errno == EAGAIN) { // another process made it non-blocking
      pollfd x{STDOUT_FILENO, POLLOUT, 0};
      ::poll(&x, 1, -1);
    } else if (errno != EINTR) {
      lose(errno);
    }
  }
}

/// Writes what the standard library has buffered, and closes stdout: some file
/// systems report only then that they are full. Returns the exit status: that
/// of the program unless it is 0 and something was lost. To be called once,
/// last.
inline int finish(int status) {
  if (std::fflush(stdout) != 0)
    lose(errno);
  else if (std::ferror(stdout) != 0)
    lose(EIO); // an earlier error, whose errno is not known any more
  if (::close(STDOUT_FILENO) != 0 && errno != EBADF)
    lose(errno);
  if (lost == 0 || status != 0)
    return status;
  return lost == EPIPE ? 128 + SIGPIPE : 1; // as a shell shows the signal
}

} // namespace troupe::standard_output
