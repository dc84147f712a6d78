#include "troupe/tools/troupe/line_output.hpp"

#include "troupe/messages/defaults.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

namespace troupe::cli {

/// A write to what poll calls writable may still block: a terminal may have
/// less room, and another process may fill a pipe.
static unique_fd without_blocking(int fd) {
  struct stat about {};
  auto is_terminal = ::isatty(fd) == 1;
  if (!is_terminal && (::fstat(fd, &about) != 0 || !S_ISFIFO(about.st_mode)))
    return {};
  constexpr auto how = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  auto path = "/proc/self/fd/" + std::to_string(fd);
  unique_fd result{::open(path.c_str(), how)};
  // After su it is another user's; its own terminal every session may open.
  if (!result && is_terminal && ::tcgetsid(fd) == ::getsid(0))
    result.reset(::open("/dev/tty", how));
  return result;
}

line_output::line_output(main_loop& loop, int fd)
  : loop_(loop), own_(without_blocking(fd)), fd_(own_ ? own_.get() : fd) {
  // nop
}

line_output::~line_output() {
  loop_.forget(fd_);
}

void line_output::line(std::string text) {
  piece(std::move(text) + '\n');
}

void line_output::piece(std::string text) {
  if (broken_)
    return;
  if (lines_.size() >= defaults::events_max) {
    lines_.pop_front();
    ++dropped_;
  }
  lines_.push_back(std::move(text));
  loop_.watch(fd_, POLLOUT, [this](short events) { on_writable(events); });
}

std::string line_output::take_rest() {
  auto result = std::exchange(front_, {});
  for (auto& x : lines_)
    result += x;
  lines_.clear();
  loop_.forget(fd_);
  return result;
}

uint64_t line_output::take_dropped() {
  return std::exchange(dropped_, 0);
}

void line_output::flush(std::chrono::milliseconds most) {
  auto end = main_loop::clock::now() + most;
  while (!broken_ && !empty()) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(
      end - main_loop::clock::now());
    pollfd x{fd_, POLLOUT, 0};
    if (left.count() <= 0 || ::poll(&x, 1, static_cast<int>(left.count())) <= 0)
      return;
    on_writable(x.revents);
  }
}

bool line_output::empty() const {
  return front_.empty() && lines_.empty();
}

// Where it cannot be opened again: a pipe that is reported writable takes
// PIPE_BUF bytes without blocking.
void line_output::on_writable(short events) {
  if (front_.empty() && !lines_.empty()) {
    front_ = std::move(lines_.front());
    lines_.pop_front();
  }
  auto size = std::min<size_t>(front_.size(), PIPE_BUF);
  auto n = size == 0 || (events & POLLOUT) == 0
             ? 0
             : ::write(fd_, front_.data(), size);
  if (n < 0 && errno != EINTR && errno != EAGAIN)
    lose(errno);
  else if ((events & (POLLERR | POLLNVAL)) != 0)
    lose((events & POLLNVAL) != 0 ? EBADF : EPIPE);
  else if (n > 0)
    front_.erase(0, static_cast<size_t>(n));
  if (empty())
    loop_.forget(fd_);
}

/// Reports the error; the program goes on without this output.
void line_output::lose(int error) {
  broken_ = true;
  front_.clear();
  lines_.clear();
  on_lost(error);
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    auto n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    text.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

} // namespace troupe::cli
