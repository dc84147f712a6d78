#include "troupe/tools/demo-server/loop.hpp"

#include "troupe/tools/demo-server/processes.hpp"

#include <cerrno>

#include <poll.h>
#include <unistd.h>

namespace troupe::demo {

loop::loop(common& shared)
  : common_(shared), what_(shared.what), out_(STDOUT_FILENO),
    server_(shared, out_), chunk_(defaults::read_chunk_bytes, '\0'),
    starting_(what_.slow_start.count() > 0) {
  // nop
}

int loop::run() {
  common_.misbehaviour.on_start(&out_);
  if (starting_)
    common_.clock.after(what_.slow_start, [this] { starting_ = false; });
  for (;;) {
    common_.clock.run_due();
    answer_lines();
    out_.flush();
    common_.misbehaviour.on_idle(out_);
    if (auto status = verdict())
      return *status;
    if (may_answer())
      continue;
    if (must_poll())
      wait();
    else
      read_input();
  }
}

// -- steps --------------------------------------------------------------------

bool loop::takes_lines() const {
  return !server_.exit_status() && out_.pending() < backlog_bytes_max
         && !common_.misbehaviour.stopped_reading();
}

bool loop::may_answer() const {
  return next_line_ < lines_.size() && takes_lines();
}

bool loop::wants_input() const {
  return input_open_ && !starting_ && lines_.empty() && takes_lines();
}

// If the next event can only be input, the read itself may block: that saves a
// system call for each answer.
bool loop::must_poll() const {
  return !wants_input() || input_unblocked_ || !common_.clock.empty()
         || out_.pending() > 0;
}

void loop::wait() {
  pollfd fds[] = {
    {wants_input() ? STDIN_FILENO : -1, POLLIN, 0},
    {out_.pending() > 0 ? out_.fd() : -1, POLLOUT, 0},
  };
  if (::poll(fds, 2, common_.clock.poll_timeout()) > 0 && fds[0].revents != 0)
    read_input();
}

// All lines of one read are answered by one write, unless that is too much.
void loop::read_input() {
  auto n = ::read(STDIN_FILENO, chunk_.data(), chunk_.size());
  if (n < 0 && errno == EAGAIN)
    input_unblocked_ = true;
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n <= 0)
    return on_input_end();
  auto bytes = std::string_view{chunk_}.substr(0, static_cast<size_t>(n));
  auto in_order = framer_.feed(bytes, lines_);
  answer_lines();
  if (!in_order)
    server_.on_overlong_line();
}

void loop::answer_lines() {
  while (may_answer())
    server_.on_line(std::move(lines_[next_line_++]));
  if (next_line_ == lines_.size()) {
    lines_.clear();
    next_line_ = 0;
  }
}

void loop::on_input_end() {
  input_open_ = false;
  if (what_.ignore_eof)
    end_in_an_hour();
}

// An exit that was asked for happens at once; else the reader first takes what
// was answered.
std::optional<int> loop::verdict() const {
  if (auto status = server_.exit_status())
    return status;
  auto deserted =
    (!input_open_ && !may_answer()) || (out_.broken() && out_.fd() >= 0);
  if (deserted && !what_.ignore_eof && out_.pending() == 0)
    return 0;
  return std::nullopt;
}

} // namespace troupe::demo
