#include "troupe/tools/troupe/control_server.hpp"

#include "troupe/tools/troupe/control_connection.hpp"
#include "troupe/tools/troupe/limits.hpp"

#include <cerrno>
#include <exception>
#include <poll.h>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace troupe::cli {

namespace {

/// Parses a request, of any size.
parsed_request request_of(std::string line) {
  try {
    return parse_request(std::move(line));
  } catch (const std::exception& e) {
    return {{}, e.what()};
  }
}

bool is_small(const reply& x) {
  return !x.make && x.bytes <= limits::on_loop_bytes_max;
}

} // namespace

control_server::control_server(main_loop& loop, int listening, handler work,
                               slot_limits most)
  : loop_(loop), listening_(listening), work_(std::move(work)), slots_(most),
    alive_(std::make_shared<control_server*>(this)) {
  listen();
}

control_server::~control_server() {
  *alive_ = nullptr;
  listen_no_more();
  loop_.cancel(look_again_);
  while (!clients_.empty())
    drop(clients_.begin()->first);
}

// -- connections --------------------------------------------------------------

void control_server::listen() {
  loop_.watch(listening_, POLLIN, [this](short) { accept_all(); });
}

void control_server::listen_no_more() {
  loop_.forget(listening_);
  loop_.cancel(std::exchange(pause_, 0));
}

void control_server::accept_all() {
  for (;;) {
    if (slots_.full())
      return pause();
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

/// No slot, descriptor or memory is free: stop listening, since a client that
/// is queued outside would wake us again at once.
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
  slots_.enter(x.number);
  make_room_soon();
  loop_.watch(x.fd.get(), POLLIN,
              [this, &x](short events) { on_input(x, events); });
}

/// Later, since callers may still use a client that would be dropped.
void control_server::make_room_soon() {
  if (slots_.crowded())
    later([](control_server& self) { self.make_room(); });
}

/// Reads what has arrived meanwhile first: only a client that has sent nothing
/// more is dropped.
void control_server::make_room() {
  auto now = control_slots::clock::now();
  for (auto gone = slots_.excess(now); !gone.empty();
       gone = slots_.excess(now)) {
    auto x = find(gone.front());
    if (x == nullptr || x->now != stage::reading || !has_sent(*x))
      drop(gone.front());
  }
  if (slots_.crowded() && look_again_ == 0)
    look_again_ = loop_.after(limits::idle_timeout, [this] {
      look_again_ = 0;
      make_room();
    });
}

control_server::client* control_server::find(uint64_t number) {
  auto i = clients_.find(number);
  return i == clients_.end() ? nullptr : i->second.get();
}

void control_server::later(std::function<void(control_server&)> what) {
  loop_.post([alive = alive_, what = std::move(what)] {
    if (*alive)
      what(**alive);
  });
}

void control_server::drop(uint64_t number) {
  auto gone = clients_.extract(number);
  if (!gone)
    return;
  auto& x = *gone.mapped();
  // Work on the thread beside the loop keeps its slot until it is done.
  if (x.now != stage::parsing && x.now != stage::making)
    leave(number);
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

void control_server::leave(uint64_t number) {
  slots_.leave(number);
  read_on();
}

void control_server::finish(std::function<void()> then) {
  listen_no_more();
  std::vector<uint64_t> silent;
  for (auto& [number, x] : clients_)
    if (x->now == stage::reading)
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

/// Starts the timeout for the client to send or take something.
void control_server::expect_progress(client& x) {
  loop_.cancel(x.timer);
  x.timer = loop_.after(limits::line_timeout,
                        [this, number = x.number] { drop(number); });
}

// -- the request --------------------------------------------------------------

void control_server::on_input(client& x, short events) {
  if (x.now == stage::reading) {
    read_request(x);
    return;
  }
  char byte = 0;
  auto n = ::recv(x.fd.get(), &byte, 1, MSG_PEEK);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  // A client that only closed its output may still read.
  if (n == 0 && (events & POLLHUP) == 0)
    return loop_.watch(x.fd.get(), 0, [this, &x](short) { drop(x.number); });
  drop(x.number); // it went away, or sends more than it may
}

/// Reads a piece. Returns false if nothing was there.
bool control_server::read_request(client& x) {
  char bytes[16 * 1024];
  auto n = ::recv(x.fd.get(), bytes, sizeof(bytes), 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return false;
  if (n > 0)
    on_piece(x, {bytes, static_cast<size_t>(n)});
  else
    drop(x.number);
  return true;
}

void control_server::on_piece(client& x, std::string_view bytes) {
  x.in += bytes;
  if (auto end = x.in.find('\n', x.in.size() - bytes.size());
      end != std::string::npos) {
    x.in.resize(end);
    return on_line(x, std::exchange(x.in, {}));
  }
  if (x.in.size() > limits::request_bytes_max)
    return drop(x.number);
  auto now = control_slots::clock::now();
  if (auto full = slots_.received(x.number, bytes.size(), now); !full.empty())
    return refuse(x, full);
  if (slots_.must_wait(x.number) != x.waits)
    watch_request(x);
  make_room_soon();
}

/// Answers with a refusal; the rest of the request is not read.
void control_server::refuse(client& x, const std::string& why) {
  x.in = {};
  x.now = stage::working;
  on_reply(x.number, failed(errc::overloaded, why));
}

/// Whether more of its request has arrived than was read. A client that is held
/// back is not read for that.
bool control_server::has_sent(client& x) {
  if (!x.waits)
    return read_request(x);
  char byte = 0;
  if (::recv(x.fd.get(), &byte, 1, MSG_PEEK) <= 0)
    return false;
  slots_.is_awake(x.number, control_slots::clock::now());
  return true;
}

/// Reads on, or holds the client back until it has a turn, unless it goes away.
/// That time does not count against it.
void control_server::watch_request(client& x) {
  x.waits = slots_.must_wait(x.number);
  if (x.waits) {
    loop_.cancel(x.timer);
    return loop_.watch(x.fd.get(), 0, [this, &x](short) { drop(x.number); });
  }
  expect_progress(x);
  loop_.watch(x.fd.get(), POLLIN,
              [this, &x](short events) { on_input(x, events); });
}

/// There may be room: clients that were held back are read again.
void control_server::read_on() {
  for (auto& [number, x] : clients_)
    if (x->waits && !slots_.must_wait(number))
      watch_request(*x);
}

/// From here on no timeout runs against the client.
void control_server::on_line(client& x, std::string line) {
  x.now = stage::parsing;
  if (line.size() > limits::on_loop_bytes_max)
    slots_.complete(x.number, line.size());
  if (x.waits)
    watch_request(x);
  loop_.cancel(x.timer);
  if (line.size() <= limits::on_loop_bytes_max)
    return on_request(x.number, request_of(std::move(line)));
  side_.post([this, number = x.number, line = std::move(line)]() mutable {
    auto request =
      std::make_shared<parsed_request>(request_of(std::move(line)));
    later([number, request](control_server& self) {
      self.on_request(number, *request);
      self.read_on();
    });
  });
}

void control_server::on_request(uint64_t number, const parsed_request& y) {
  auto x = find(number);
  if (x == nullptr)
    return leave(number);
  x->now = stage::working;
  if (!y.error.empty())
    return on_reply(number, failed(errc::invalid_argument, y.error));
  auto full = slots_.ask(number, y.value.what, y.value.server);
  if (!full.empty())
    return on_reply(number, failed(errc::overloaded, full));
  start(*x, y.value);
}

void control_server::start(client& x, const control_request& y) {
  auto number = x.number;
  x.wants_progress = y.wants_progress;
  auto answer = [alive = alive_, number](reply z) {
    if (*alive)
      (*alive)->on_reply(number, std::move(z));
  };
  auto progress = [alive = alive_, number](const call_progress& z) {
    if (*alive)
      (*alive)->on_progress(number, z);
  };
  auto give_up = work_(y, answer, progress);
  // It may have been answered, and even be gone, already.
  if (auto same = find(number); same != nullptr && same->now == stage::working)
    same->give_up = std::move(give_up);
}

// -- the answer ---------------------------------------------------------------

void control_server::on_reply(uint64_t number, reply y) {
  auto x = find(number);
  if (x == nullptr || x->now != stage::working)
    return;
  x->give_up = nullptr;
  x->now = stage::making;
  slots_.making(number, y.bytes);
  if (is_small(y))
    return on_answer(number, y.line());
  side_.post([this, number, y = std::move(y)]() mutable {
    auto line = std::make_shared<std::string>(y.line());
    y = outcome{}; // what the answer was made of is released here, too
    later([number, line](control_server& self) {
      self.on_answer(number, std::move(*line));
    });
  });
}

void control_server::on_answer(uint64_t number, std::string line) {
  auto x = find(number);
  if (x == nullptr)
    return leave(number);
  x->now = stage::writing;
  slots_.answered(number, line.size(), control_slots::clock::now());
  expect_progress(*x);
  put(*x, std::move(line));
  make_room_soon();
}

void control_server::on_progress(uint64_t number, const call_progress& y) {
  auto x = find(number);
  if (x != nullptr && x->wants_progress && x->now == stage::working)
    put(*x, format_progress(y) + '\n');
}

/// A queued line is replaced by the newer one.
void control_server::put(client& x, std::string line) {
  (x.out.empty() ? x.out : x.next) = std::move(line);
  auto last = x.now == stage::writing;
  loop_.watch(x.fd.get(), last ? POLLOUT : POLLIN | POLLOUT,
              [this, &x](short events) {
                if ((events & ~POLLOUT) != 0 && x.now != stage::writing)
                  on_input(x, events);
                else
                  on_output(x);
              });
}

/// The line was written: take the next step.
void control_server::on_written(client& x) {
  x.written = 0;
  x.out = std::exchange(x.next, {});
  if (x.out.empty() && x.now == stage::writing)
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
  if (x.now == stage::writing) {
    slots_.taken(x.number, static_cast<size_t>(n), control_slots::clock::now());
    expect_progress(x);
  }
  if (x.written == x.out.size())
    on_written(x);
}

} // namespace troupe::cli
