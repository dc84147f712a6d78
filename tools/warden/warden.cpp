#include "troupe/tools/warden/warden.hpp"
#include "troupe/tools/warden/children.hpp"
#include "troupe/tools/warden/forked.hpp"
#include "troupe/tools/warden/self.hpp"
#include "troupe/tools/warden/shim.hpp"
#include "troupe/tools/warden/sweep.hpp"
#include "troupe/transports/guard/open_pidfd.hpp"
#include "troupe/transports/guard/packet_socket.hpp"
#include "troupe/transports/io/close_on_exec.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace troupe::guard {

namespace {

class warden {
public:
  warden(int socket, int host) : socket_(socket), host_(host) {
    // nop
  }

  void run();

private:
  struct waiting_packet {
    char bytes[guard_protocol::packet_bytes_max];
    size_t size;
    int fd; // sent with it; -1: none
  };

  // -- the loop
  void set_up();
  bool say_hello();
  void wait();
  int timeout_ms() const;
  bool done() const;

  // -- the host
  void on_packets();
  void on_spawn(guard_protocol::received& packet,
                const guard_protocol::spawn& what);
  [[noreturn]] void become_shim(guard_protocol::received& packet,
                                int32_t warden);
  void on_sweep(guard_protocol::received& packet,
                const guard_protocol::sweep& what);
  void on_host_gone();
  /// Sends a message, with `fd` beside it, which it takes.
  template <class Message>
  void tell(const Message& x, int fd = -1);
  bool send(std::span<const char> bytes, int fd);
  void flush();

  // -- children
  void on_child_ends();
  int reap(int32_t pid, int status);
  void on_reaped(int32_t pid, int status);
  void on_ended(const forked::child& x, int exit_status);
  void kill_strangers();
  template <class F>
  int32_t fork_child(F f);
  void close_ours() const;

  int socket_; // -1 once the host has gone
  int host_;
  int signals_ = -1;
  forked children_;
  std::vector<uint64_t> unclean_; // dead shims whose leftovers may live
  uint32_t killed_ = 0;           // leftovers since `unclean_` was empty
  bool strangers_ = false;
  int kill_wait_ms_ = 1;
  std::vector<waiting_packet> waiting_; // two a child, one a probe
};

// -- the loop ----------------------------------------------------------------

void warden::run() {
  set_up();
  if (!say_hello())
    return;
  auto pid = fork_child([] { return sweep_foreign(own_identity()); });
  if (pid > 0)
    children_.add({pid, 0, true});
  while (!done())
    wait();
}

void warden::set_up() {
  // Before there is a server that could trace this process.
  allow_tracing(false);
  setsid();
  rename_self(warden_title);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  close_on_exec_from(3);
  signals_ = take_signals({SIGCHLD}); // last, since its errno is reported
}

/// False, and reports it, where it lacks a descriptor.
bool warden::say_hello() {
  auto bytes = guard_protocol::encode(guard_protocol::hello{getpid()});
  auto pidfd = signals_ < 0 ? -1 : open_pidfd(getpid());
  if (pidfd < 0) {
    tell(guard_protocol::fork_failed{0, errno});
    return false;
  }
  guard_protocol::send_packet(socket_, bytes, {&pidfd, 1});
  close(pidfd);
  return true;
}

bool warden::done() const {
  return socket_ < 0 && children_.is_empty() && unclean_.empty() && !strangers_;
}

void warden::wait() {
  auto events =
    static_cast<short>(waiting_.empty() ? POLLIN : POLLIN | POLLOUT);
  auto fds = std::vector<pollfd>{{socket_, events, 0},
                                 {socket_ < 0 ? -1 : host_, POLLIN, 0},
                                 {signals_, POLLIN, 0}};
  children_.watch(fds);
  auto timeout = timeout_ms();
  // More descriptors than a limit that was lowered later: SIGCHLD still tells
  // of all children but those that are traced.
  if (poll(fds.data(), fds.size(), timeout) < 0 && errno == EINVAL)
    poll(fds.data(), 3, timeout);
  auto any_ended = std::any_of(fds.begin() + 2, fds.end(),
                               [](auto& x) { return x.revents != 0; });
  if (any_ended) {
    drain_signals(signals_);
    kill_wait_ms_ = 1;
  }
  children_.kill_overdue(clock::now());
  if (any_ended || strangers_ || !unclean_.empty())
    on_child_ends();
  if ((fds[0].revents & POLLOUT) != 0)
    flush();
  if ((fds[0].revents & ~POLLOUT) != 0)
    on_packets();
  if (fds[1].revents != 0)
    on_host_gone();
}

/// A child's end is an event; the timer is for processes that do not die of
/// KILL, and for shims that do not do their work.
int warden::timeout_ms() const {
  auto kill_wait = strangers_ || !unclean_.empty() ? kill_wait_ms_ : -1;
  auto due = children_.due();
  if (!due)
    return kill_wait;
  auto left = std::chrono::ceil<milliseconds>(*due - clock::now()).count();
  auto wait = static_cast<int>(std::clamp<int64_t>(left, 0, 60'000));
  return kill_wait < 0 ? wait : std::min(wait, kill_wait);
}

// -- the host ----------------------------------------------------------------

void warden::on_packets() {
  while (socket_ >= 0) {
    guard_protocol::received packet;
    auto error = packet.receive(socket_);
    if (error == EAGAIN)
      return;
    if (error != 0)
      on_host_gone();
    else if (auto x =
               guard_protocol::decode<guard_protocol::spawn>(packet.bytes()))
      on_spawn(packet, *x);
    else if (auto y =
               guard_protocol::decode<guard_protocol::sweep>(packet.bytes()))
      on_sweep(packet, *y);
    else if (auto z =
               guard_protocol::decode<guard_protocol::probe>(packet.bytes()))
      tell(guard_protocol::alive{z->number});
  }
}

void warden::on_spawn(guard_protocol::received& packet,
                      const guard_protocol::spawn& what) {
  if (packet.fds() != guard_protocol::spawn_fds) {
    tell(
      guard_protocol::fork_failed{what.id, packet.is_cut() ? EMFILE : EBADMSG});
    return;
  }
  // Reserves a descriptor for its pidfd: a shim that cannot be watched is not
  // forked.
  auto place = dup(host_);
  auto self = getpid();
  auto pid = place < 0 ? -1 : fork();
  auto error = errno;
  close(place);
  if (pid == 0)
    become_shim(packet, self);
  if (pid < 0) {
    tell(guard_protocol::fork_failed{what.id, error});
    return;
  }
  children_.add({pid, what.id, false, milliseconds{what.host_death_grace_ms}});
  tell(guard_protocol::forked{what.id, pid}, open_pidfd(pid));
}

void warden::become_shim(guard_protocol::received& packet, int32_t warden) {
  close_ours();
  auto pipes = server_pipes{packet.take_fd(guard_protocol::fd_stdin),
                            packet.take_fd(guard_protocol::fd_stdout),
                            packet.take_fd(guard_protocol::fd_stderr)};
  run_shim({packet.take_fd(guard_protocol::fd_control), host_,
            packet.take_fd(guard_protocol::fd_launch), warden, pipes});
}

/// Closes the descriptors that a child must not have.
void warden::close_ours() const {
  close(socket_);
  close(signals_);
  children_.close_pidfds();
}

static std::vector<uint64_t> read_numbers(int fd) {
  struct stat file {};
  auto out = std::vector<uint64_t>{};
  if (fstat(fd, &file) != 0 || file.st_size <= 0)
    return out;
  out.resize(static_cast<size_t>(file.st_size) / sizeof(uint64_t));
  auto n = pread(fd, out.data(), out.size() * sizeof(uint64_t), 0);
  out.resize(n > 0 ? static_cast<size_t>(n) / sizeof(uint64_t) : 0);
  return out;
}

void warden::on_sweep(guard_protocol::received& packet,
                      const guard_protocol::sweep& what) {
  auto pid = fork_child([&] {
    auto guarded = read_numbers(packet.take_fd(0));
    auto order = sweep_order{own_identity(), what.link, what.horizon, guarded};
    order.host.pid = what.host_pid;
    order.host.start = what.host_start;
    return sweep_own(order);
  });
  if (pid > 0)
    children_.add({pid, what.round, true});
  else
    tell(guard_protocol::swept{what.round, 0});
}

/// The shims watch the host themselves, if they are able to.
void warden::on_host_gone() {
  close(socket_);
  socket_ = -1;
  for (auto& x : waiting_)
    close(x.fd);
  waiting_.clear();
  children_.on_host_gone(clock::now());
}

template <class Message>
void warden::tell(const Message& x, int fd) {
  auto bytes = guard_protocol::encode(x);
  if (socket_ < 0 || (waiting_.empty() && send(bytes, fd))) {
    close(fd);
    return;
  }
  auto later = waiting_packet{{}, bytes.size(), fd};
  std::copy(bytes.begin(), bytes.end(), later.bytes);
  waiting_.push_back(later);
}

bool warden::send(std::span<const char> bytes, int fd) {
  return guard_protocol::send_packet(socket_, bytes, {&fd, fd >= 0 ? 1u : 0u})
         == 0;
}

void warden::flush() {
  auto sent = size_t{0};
  for (; sent < waiting_.size(); ++sent) {
    auto& x = waiting_[sent];
    if (!send({x.bytes, x.size}, x.fd))
      break;
    close(x.fd);
  }
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<long>(sent));
}

// -- children ----------------------------------------------------------------

/// Runs `f` in a child that returns its result as its exit status.
template <class F>
int32_t warden::fork_child(F f) {
  auto pid = fork();
  if (pid != 0)
    return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  rename_self(sweep_title);
  close_ours();
  _exit(static_cast<int>(std::min<uint32_t>(f(), 255)));
}

void warden::on_child_ends() {
  int status = 0;
  for (;;) {
    auto pid = waitpid(-1, &status, WNOHANG | __WALL);
    if (pid <= 0)
      break;
    on_reaped(pid, status);
  }
  // One that ended just now may be reaped after all.
  for (auto& x : children_.take_held())
    on_ended(x, waitpid(x.pid, &status, WNOHANG | __WALL) == x.pid
                  ? reap(x.pid, status)
                  : -1);
  if (strangers_ || !unclean_.empty())
    kill_strangers();
}

/// Forgets a child that is not held any more. Returns its exit status.
int warden::reap(int32_t pid, int status) {
  children_.take(pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void warden::on_reaped(int32_t pid, int status) {
  auto x = children_.take(pid);
  if (!x) {
    // Adopted from a dead shim; it may leave children of its own.
    strangers_ = true;
    killed_ += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  } else if (!x->is_held) {
    on_ended(*x, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  }
}

/// `exit_status`: -1 where it was killed, or is unknown.
void warden::on_ended(const forked::child& x, int exit_status) {
  if (x.is_sweep && x.id != 0)
    tell(guard_protocol::swept{
      x.id, static_cast<uint32_t>(std::max(exit_status, 0))});
  if (x.is_sweep)
    return;
  // A shim ends by itself only when the kernel has told it ECHILD.
  if (exit_status == 0)
    tell(guard_protocol::shim_ended{x.id, 1, 0});
  else
    unclean_.push_back(x.id);
}

/// Children that we did not fork were a dead shim's. When none is left, all
/// that the dead shims guarded is gone.
void warden::kill_strangers() {
  auto found = false;
  children all;
  all.each([&](int32_t pid) {
    if (children_.knows(pid))
      return;
    found = true;
    kill(pid, SIGKILL);
  });
  strangers_ = found;
  kill_wait_ms_ = std::min(kill_wait_ms_ * 2, 1000);
  if (found)
    return;
  for (auto id : unclean_)
    tell(guard_protocol::shim_ended{id, 0, killed_});
  unclean_.clear();
  killed_ = 0;
}

} // namespace

void run_warden(int socket, int host) {
  warden{socket, host}.run();
}

} // namespace troupe::guard
