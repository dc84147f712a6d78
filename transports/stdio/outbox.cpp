#include "troupe/transports/stdio/outbox.hpp"

#include "troupe/transports/io/quiet_write.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <iterator>
#include <unistd.h>

namespace troupe {

namespace {

char newline[] = "\n";

iovec part(const std::string& text, size_t skip) {
  return {const_cast<char*>(text.data()) + skip, text.size() - skip};
}

} // namespace

stdio_outbox::stdio_outbox(int fd, const server_limits& limits, events events)
  : limits_(limits), events_(std::move(events)), fd_(fd) {
  // nop
}

stdio_outbox::~stdio_outbox() {
  shut();
}

// -- called by the client -----------------------------------------------------

errc stdio_outbox::push(std::string frame, uint64_t ticket) {
  return take(std::move(frame), ticket, false);
}

errc stdio_outbox::push_held(std::string frame, uint64_t ticket) {
  return take(std::move(frame), ticket, true);
}

void stdio_outbox::flush() {
  auto held = std::unique_lock{mutex_};
  auto out = held_ ? write_held() : news::none;
  held.unlock();
  tell(out);
}

errc stdio_outbox::take(std::string frame, uint64_t ticket, bool more_follow) {
  if (frame.size() > limits_.frame_bytes_max)
    return errc::too_large;
  // The server would read it as two messages.
  if (frame.find('\n') != frame.npos)
    return errc::invalid_argument;
  auto out = news::none;
  auto held = std::unique_lock{mutex_};
  auto result = put(std::move(frame), ticket, more_follow, out);
  held.unlock();
  tell(out);
  return result;
}

void stdio_outbox::tell(news x) const {
  if (x == news::blocked)
    events_.on_blocked();
  else if (x == news::broken)
    events_.on_broken();
}

bool stdio_outbox::revoke(uint64_t ticket) {
  auto held = std::unique_lock{mutex_};
  auto first = std::next(queue_.begin(), head_written_ > 0 ? 1 : 0);
  auto i = std::find_if(first, queue_.end(),
                        [&](auto& x) { return x.ticket == ticket; });
  if (ticket == 0 || i == queue_.end())
    return false;
  if (i == queue_.begin())
    head_since_ = clock::now();
  queue_bytes_ -= i->frame.size();
  queue_.erase(i);
  return true;
}

std::vector<uint64_t> stdio_outbox::close() {
  auto held = std::unique_lock{mutex_};
  closed_ = true;
  auto first = std::next(queue_.begin(), head_written_ > 0 ? 1 : 0);
  for (auto i = first; i != queue_.end(); ++i) {
    queue_bytes_ -= i->frame.size();
    if (i->ticket != 0)
      unsent_.push_back(i->ticket);
  }
  queue_.erase(first, queue_.end());
  held_ = false;
  return unsent_;
}

size_t stdio_outbox::depth() const {
  auto held = std::unique_lock{mutex_};
  return queue_.size();
}

// -- called by the I/O thread -------------------------------------------------

stdio_outbox::drained stdio_outbox::drain() {
  auto held = std::unique_lock{mutex_};
  held_ = false;
  // Bounded: a server that reads fast must not hold up the others.
  for (auto turn = 0; turn < defaults::pipe_turns; ++turn) {
    if (queue_.empty())
      return drained::all;
    auto n = write_many();
    if (n < 0) {
      closed_ = true;
      return drained::broken;
    }
    if (n == 0)
      return drained::some;
    consume(static_cast<size_t>(n));
  }
  return queue_.empty() ? drained::all : drained::some;
}

std::optional<stdio_outbox::clock::time_point>
stdio_outbox::head_since() const {
  auto held = std::unique_lock{mutex_};
  return queue_.empty() ? std::nullopt : std::optional{head_since_};
}

int stdio_outbox::fd() const {
  auto held = std::unique_lock{mutex_};
  return fd_;
}

void stdio_outbox::shut() {
  auto held = std::unique_lock{mutex_};
  closed_ = true;
  if (fd_ >= 0)
    ::close(std::exchange(fd_, -1));
}

// -- steps, under the lock ----------------------------------------------------

errc stdio_outbox::put(std::string frame, uint64_t ticket, bool more_follow,
                       news& out) {
  if (closed_)
    return errc::connection_lost;
  if (held_ && !has_room(frame.size())) {
    out = write_held();
    if (closed_)
      return errc::connection_lost;
  }
  auto is_blocked = !queue_.empty() && !held_;
  if (is_blocked && !has_room(frame.size()))
    return errc::overloaded;
  if (queue_.empty() && (!more_follow || !has_room(frame.size())))
    return write_through(std::move(frame), ticket, out);
  enqueue(std::move(frame), ticket);
  if (is_blocked)
    return errc::none;
  held_ = true;
  if (!more_follow || queue_.size() >= defaults::frames_per_write_max
      || queue_bytes_ >= defaults::read_chunk_bytes)
    out = write_held();
  return errc::none;
}

errc stdio_outbox::write_through(std::string frame, uint64_t ticket,
                                 news& out) {
  held_ = false; // all that was held may have been revoked
  auto n = write_one(frame);
  if (n < 0) {
    closed_ = true;
    out = news::broken;
    return errc::connection_lost;
  }
  if (static_cast<size_t>(n) == frame.size() + 1)
    return errc::none;
  if (n == 0 && !has_room(frame.size()))
    return errc::overloaded;
  enqueue(std::move(frame), ticket);
  head_written_ = static_cast<size_t>(n);
  out = news::blocked;
  return errc::none;
}

/// What does not fit into the pipe is the I/O thread's from now on.
stdio_outbox::news stdio_outbox::write_held() {
  held_ = false;
  head_since_ = clock::now(); // it may block from now on
  while (!queue_.empty()) {
    auto n = write_many();
    closed_ = closed_ || n < 0;
    if (n <= 0)
      return n < 0 ? news::broken : news::blocked;
    consume(static_cast<size_t>(n));
  }
  return news::none;
}

ssize_t stdio_outbox::write_one(const std::string& frame) {
  if (frame.size() > defaults::read_chunk_bytes)
    width_.widen(fd_);
  auto parts = std::array{part(frame, 0), iovec{newline, 1}};
  auto n = write_quietly(fd_, parts.data(), 2);
  return n < 0 && errno == EAGAIN ? 0 : n;
}

ssize_t stdio_outbox::write_many() {
  auto parts = std::array<iovec, 2 * defaults::frames_per_write_max>{};
  auto count = 0;
  auto bytes = size_t{0};
  auto skip = head_written_;
  for (auto& x : queue_) {
    if (bytes >= defaults::read_chunk_bytes || count == int(parts.size()))
      break;
    // If only the newline of the frame is left to write, its part is empty.
    auto text = std::min(skip, x.frame.size());
    parts[count++] = part(x.frame, text);
    parts[count++] = {newline, 1};
    bytes += x.frame.size() - text + 1;
    skip = 0;
  }
  auto n = write_quietly(fd_, parts.data(), count);
  return n < 0 && errno == EAGAIN ? 0 : n;
}

void stdio_outbox::consume(size_t bytes) {
  head_written_ += bytes;
  while (!queue_.empty() && head_written_ > queue_.front().frame.size()) {
    head_written_ -= queue_.front().frame.size() + 1;
    queue_bytes_ -= queue_.front().frame.size();
    queue_.pop_front();
    head_since_ = clock::now();
  }
}

bool stdio_outbox::has_room(size_t bytes) const {
  return queue_.size() < limits_.outbox_frames_max
         && queue_bytes_ + bytes <= limits_.outbox_bytes_max;
}

void stdio_outbox::enqueue(std::string frame, uint64_t ticket) {
  if (queue_.empty())
    head_since_ = clock::now();
  queue_bytes_ += frame.size();
  queue_.push_back({std::move(frame), ticket});
}

} // namespace troupe
