#include "troupe/tools/demo-server/output.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe::demo {

namespace {

void unblock_pipe(int fd) {
  struct stat what {};
  if (::fstat(fd, &what) != 0)
    return;
  if (S_ISFIFO(what.st_mode) || S_ISSOCK(what.st_mode))
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
}

} // namespace

output::output(int fd) : fd_(fd) {
  unblock_pipe(fd);
}

void output::line(std::string_view text) {
  raw(text);
  raw("\n");
}

void output::raw(std::string_view bytes) {
  if (!broken_)
    buffer_ += bytes;
}

// -- all messages are lines ---------------------------------------------------

void output::answer(const json_rpc::id&, int64_t, std::string_view text) {
  line(text);
}

void output::about(const json_rpc::id&, std::string_view text) {
  line(text);
}

void output::say(std::string_view text) {
  line(text);
}

void output::flush() {
  while (pending() > 0) {
    auto n = ::write(fd_, buffer_.data() + written_, pending());
    if (n >= 0) {
      written_ += static_cast<size_t>(n);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      forget_written();
      return;
    } else if (errno != EINTR) {
      broken_ = true;
      written_ = buffer_.size();
    }
  }
  buffer_.clear();
  written_ = 0;
}

// With a slow reader the buffer is never empty: drop the written part.
void output::forget_written() {
  if (written_ > buffer_.size() / 2) {
    buffer_.erase(0, written_);
    written_ = 0;
  }
}

void output::close() {
  flush();
  ::close(fd_);
  fd_ = -1;
  broken_ = true;
  buffer_.clear();
  written_ = 0;
}

int output::fd() const {
  return fd_;
}

size_t output::pending() const {
  return buffer_.size() - written_;
}

bool output::broken() const {
  return broken_;
}

} // namespace troupe::demo
