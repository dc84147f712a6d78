#include "troupe/transports/io/pipe_reader.hpp"

#include "troupe/messages/defaults.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace troupe {

pipe_reader::pipe_reader(io_loop& io) : io_(io), pipe_(io.context()) {
  // nop
}

pipe_reader::~pipe_reader() {
  close();
}

void pipe_reader::start(int fd, std::weak_ptr<void> owner, events events) {
  owner_ = std::move(owner);
  events_ = std::move(events);
  auto failed = boost::system::error_code{};
  pipe_.assign(fd, failed);
  if (failed) {
    ::close(fd);
    events_.on_end();
  } else
    wait();
}

void pipe_reader::drain() {
  auto waiting = 0;
  if (!is_open() || ioctl(pipe_.native_handle(), FIONREAD, &waiting) != 0)
    return;
  auto left = static_cast<size_t>(std::max(waiting, 0));
  auto bytes = size_t{0};
  while (left > 0 && is_open() && read_once(left, bytes) == step::bytes)
    left -= std::min(left, bytes);
}

void pipe_reader::pause() {
  paused_ = true;
}

void pipe_reader::resume() {
  if (std::exchange(paused_, false) && is_open())
    wait();
}

void pipe_reader::close() {
  auto ignored = boost::system::error_code{};
  pipe_.close(ignored);
}

bool pipe_reader::is_open() const {
  return pipe_.is_open();
}

// -- steps --------------------------------------------------------------------

void pipe_reader::wait() {
  pipe_.async_wait(io_descriptor::wait_read,
                   [this, owner = owner_](boost::system::error_code failed) {
                     auto kept = owner.lock();
                     if (kept != nullptr && !failed && is_open())
                       on_ready();
                   });
}

void pipe_reader::on_ready() {
  for (auto turn = 0; turn < defaults::pipe_turns; ++turn) {
    auto bytes = size_t{0};
    auto got = read_once(io_.scratch().size(), bytes);
    if (got == step::end) {
      close();
      return events_.on_end();
    }
    if (!is_open()) // `on_bytes` closed it
      return;
    if (paused_ || got == step::nothing || bytes < io_.scratch().size())
      break;
    width_.widen(pipe_.native_handle()); // it was full
  }
  if (!paused_)
    wait();
}

pipe_reader::step pipe_reader::read_once(size_t bytes_max, size_t& bytes) {
  auto room = io_.scratch();
  auto size = std::min(bytes_max, room.size());
  auto n = ssize_t{-1};
  do
    n = ::read(pipe_.native_handle(), room.data(), size);
  while (n < 0 && errno == EINTR);
  if (n < 0 && errno == EAGAIN)
    return step::nothing;
  if (n <= 0)
    return step::end;
  bytes = static_cast<size_t>(n);
  events_.on_bytes({room.data(), bytes});
  return step::bytes;
}

} // namespace troupe
