#include "tools/troupe/control_server.hpp"

#include "tools/troupe/exit_status.hpp"
#include "tools/troupe/limits.hpp"

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace troupe::cli {

/// One connection: reads a line, waits for the answer, writes it. Before that,
/// it may write lines of progress; the newest waits while one is written.
struct control_server::client {
  uint64_t number = 0;
  unique_fd fd;
  uint64_t timer = 0;
  std::string in;
  bool asked = false;
  bool answered = false;
  bool wants_progress = false;
  give_up_fn give_up;
  std::string out; // what is being written
  size_t written = 0;
  std::string next; // what is written then
};

control_server::control_server(main_loop& loop, int listening, handler work)
  : loop_(loop), listening_(listening), work_(std::move(work)),
    alive_(std::make_shared<control_server*>(this)) {
  listen();
}

control_server::~control_server() {
  *alive_ = nullptr;
  listen_no_more();
  while (!clients_.empty())
    drop(clients_.begin()->first);
}

// -- coming and going ---------------------------------------------------------

void control_server::listen() {
  loop_.watch(listening_, POLLIN, [this](short) { accept_all(); });
}

void control_server::listen_no_more() {
  loop_.forget(listening_);
  loop_.cancel(std::exchange(pause_, 0));
}

void control_server::accept_all() {
  for (;;) {
    unique_fd fd{
      ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    pid_t pid = 0;
    if (fd && is_trusted_peer(fd.get(), pid))
      admit(std::move(fd));
    else if (!fd && errno == EAGAIN)
      return;
    else if (!fd && errno != EINTR && errno != ECONNABORTED)
      return pause();
  }
}

/// No descriptor, or no memory: whoever waits outside would wake us at once.
void control_server::pause() {
  listen_no_more();
  pause_ = loop_.after(limits::accept_pause, [this] { resume(); });
}

void control_server::resume() {
  if (pause_ == 0)
    return;
  loop_.cancel(std::exchange(pause_, 0));
  listen();
}

void control_server::admit(unique_fd fd) {
  auto& x = *(clients_[++last_] = std::make_unique<client>());
  x.number = last_;
  x.fd = std::move(fd);
  expect_progress(x);
  if (clients_.size() > limits::clients_max) {
    x.asked = true;
    on_outcome(x.number, failed(errc::overloaded,
                                "too many commands are under way; try again"));
    return;
  }
  loop_.watch(x.fd.get(), POLLIN,
              [this, &x](short events) { on_input(x, events); });
}

void control_server::drop(uint64_t number) {
  auto gone = clients_.extract(number);
  if (!gone)
    return;
  auto& x = *gone.mapped();
  loop_.cancel(x.timer);
  loop_.forget(x.fd.get());
  x.fd = {};
  resume();
  if (x.give_up)
    x.give_up();
  if (clients_.empty())
    if (auto finished = std::exchange(finished_, nullptr))
      finished();
}

void control_server::finish(std::function<void()> then) {
  listen_no_more();
  std::vector<uint64_t> silent;
  for (auto& [number, x] : clients_)
    if (!x->asked)
      silent.push_back(number);
  for (auto number : silent)
    drop(number);
  if (clients_.empty())
    return then();
  finished_ = std::move(then);
  loop_.after(limits::flush_timeout, [this, alive = alive_] {
    while (*alive && !clients_.empty())
      drop(clients_.begin()->first);
  });
}

/// The client must do its part in time.
void control_server::expect_progress(client& x) {
  loop_.cancel(x.timer);
  x.timer = loop_.after(limits::line_timeout,
                        [this, number = x.number] { drop(number); });
}

// -- the request --------------------------------------------------------------

void control_server::on_input(client& x, short events) {
  char bytes[16 * 1024];
  auto n = ::recv(x.fd.get(), bytes, sizeof(bytes), 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  // Whoever only ends its output may still read.
  if (n == 0 && x.asked && (events & POLLHUP) == 0)
    return loop_.watch(x.fd.get(), 0, [this, &x](short) { drop(x.number); });
  if (n <= 0 || x.asked) // it went away, or says more than it may
    return drop(x.number);
  x.in.append(bytes, static_cast<size_t>(n));
  auto end = x.in.find('\n', x.in.size() - static_cast<size_t>(n));
  if (end != std::string::npos)
    return on_line(x, x.in.substr(0, end));
  if (x.in.size() > limits::request_bytes_max)
    drop(x.number);
}

void control_server::on_line(client& x, std::string line) {
  loop_.cancel(x.timer); // from here on the time is ours
  x.in = {};
  x.asked = true;
  auto request = parse_request(std::move(line));
  if (!request.error.empty())
    return on_outcome(x.number, failed(errc::invalid_argument, request.error));
  auto number = x.number;
  x.wants_progress = request.value.wants_progress;
  auto answer = [alive = alive_, number](const outcome& y) {
    if (*alive)
      (*alive)->on_outcome(number, y);
  };
  auto progress = [alive = alive_, number](const call_progress& y) {
    if (*alive)
      (*alive)->on_progress(number, y);
  };
  auto give_up = work_(request.value, answer, progress);
  // It may have been answered, and even be gone, already.
  if (auto i = clients_.find(number);
      i != clients_.end() && !i->second->answered)
    i->second->give_up = std::move(give_up);
}

// -- the answer ---------------------------------------------------------------

void control_server::on_outcome(uint64_t number, const outcome& y) {
  auto i = clients_.find(number);
  if (i == clients_.end() || i->second->answered)
    return;
  auto& x = *i->second;
  x.give_up = nullptr;
  x.answered = true;
  auto line = format_outcome(y) + '\n';
  if (line.size() > limits::answer_bytes_max)
    line =
      format_outcome(failed(errc::too_large, "the answer is too large")) + '\n';
  expect_progress(x);
  put(x, std::move(line));
}

void control_server::on_progress(uint64_t number, const call_progress& y) {
  auto i = clients_.find(number);
  if (i != clients_.end() && i->second->wants_progress && !i->second->answered)
    put(*i->second, format_progress(y) + '\n');
}

/// A line that waits already is replaced: it is older news.
void control_server::put(client& x, std::string line) {
  (x.out.empty() ? x.out : x.next) = std::move(line);
  loop_.watch(x.fd.get(), x.answered ? POLLOUT : POLLIN | POLLOUT,
              [this, &x](short events) {
                if ((events & ~POLLOUT) != 0 && !x.answered)
                  on_input(x, events);
                else
                  on_output(x);
              });
}

/// What was being written is on its way: wait for more to do.
void control_server::on_written(client& x) {
  x.written = 0;
  x.out = std::exchange(x.next, {});
  if (x.out.empty() && x.answered)
    return drop(x.number);
  if (x.out.empty())
    loop_.watch(x.fd.get(), POLLIN,
                [this, &x](short events) { on_input(x, events); });
}

void control_server::on_output(client& x) {
  auto n = ::send(x.fd.get(), x.out.data() + x.written,
                  x.out.size() - x.written, MSG_NOSIGNAL);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (n < 0)
    return drop(x.number);
  x.written += static_cast<size_t>(n);
  if (x.answered)
    expect_progress(x);
  if (x.written == x.out.size())
    on_written(x);
}

} // namespace troupe::cli
