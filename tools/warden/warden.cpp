#include "tools/warden/warden.hpp"
#include "tools/warden/children.hpp"
#include "tools/warden/self.hpp"
#include "tools/warden/shim.hpp"
#include "tools/warden/sweep.hpp"
#include "transports/close_on_exec.hpp"
#include "transports/open_pidfd.hpp"
#include "transports/packet_socket.hpp"

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
  struct child {
    int32_t pid;
    uint64_t id; // of the server, or the round of a sweep
    bool is_sweep;
  };

  struct waiting_packet {
    char bytes[wire::packet_bytes_max];
    size_t size;
    int fd; // beside it; -1: none
  };

  // -- the loop
  void set_up();
  void say_hello();
  void wait();
  int timeout_ms() const;
  bool done() const;

  // -- the host
  void on_packets();
  void on_spawn(wire::received& packet, uint64_t id);
  void on_sweep(wire::received& packet, const wire::sweep& what);
  void on_host_gone();
  /// Takes `fd`, which goes beside the message.
  template <class Message>
  void tell(const Message& x, int fd = -1);
  bool send(std::span<const char> bytes, int fd);
  void flush();

  // -- children
  void on_child_ends();
  void on_ended(int32_t pid, int status);
  void kill_strangers();
  template <class F>
  int32_t fork_child(F f);

  int socket_; // -1 once the host has gone
  int host_;
  int signals_ = -1;
  process_identity self_;
  std::vector<child> children_;
  std::vector<uint64_t> unclean_; // dead shims whose leftovers may live
  uint32_t killed_ = 0;           // leftovers since `unclean_` was empty
  bool strangers_ = false;
  int kill_wait_ms_ = 1;
  std::vector<waiting_packet> waiting_; // two a child, one a probe
};

// -- the loop ----------------------------------------------------------------

void warden::run() {
  set_up();
  say_hello();
  auto pid = fork_child([this] { return sweep_foreign(self_); });
  if (pid > 0)
    children_.push_back({pid, 0, true});
  while (!done())
    wait();
}

void warden::set_up() {
  setsid();
  rename_self("troupe-warden");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  signals_ = take_signals({SIGCHLD});
  close_on_exec_from(3);
  self_ = own_identity();
}

void warden::say_hello() {
  auto bytes = wire::encode(wire::hello{getpid()});
  auto pidfd = open_pidfd(getpid());
  wire::send_packet(socket_, bytes, {&pidfd, pidfd >= 0 ? 1u : 0u});
  close(pidfd);
}

bool warden::done() const {
  return socket_ < 0 && children_.empty() && unclean_.empty() && !strangers_;
}

void warden::wait() {
  auto events =
    static_cast<short>(waiting_.empty() ? POLLIN : POLLIN | POLLOUT);
  pollfd fds[] = {{socket_, events, 0},
                  {socket_ < 0 ? -1 : host_, POLLIN, 0},
                  {signals_, POLLIN, 0}};
  poll(fds, 3, timeout_ms());
  if (fds[2].revents != 0) {
    drain_signals(signals_);
    kill_wait_ms_ = 1;
  }
  if (fds[2].revents != 0 || strangers_ || !unclean_.empty())
    on_child_ends();
  if ((fds[0].revents & POLLOUT) != 0)
    flush();
  if ((fds[0].revents & ~POLLOUT) != 0)
    on_packets();
  if (fds[1].revents != 0)
    on_host_gone();
}

/// SIGCHLD is the alarm; the timer is for what does not die of KILL.
int warden::timeout_ms() const {
  return strangers_ || !unclean_.empty() ? kill_wait_ms_ : -1;
}

// -- the host ----------------------------------------------------------------

void warden::on_packets() {
  while (socket_ >= 0) {
    wire::received packet;
    auto error = packet.receive(socket_);
    if (error == EAGAIN)
      return;
    if (error != 0)
      on_host_gone();
    else if (auto x = wire::decode<wire::spawn>(packet.bytes()))
      on_spawn(packet, x->id);
    else if (auto y = wire::decode<wire::sweep>(packet.bytes()))
      on_sweep(packet, *y);
    else if (auto z = wire::decode<wire::probe>(packet.bytes()))
      tell(wire::alive{z->number});
  }
}

void warden::on_spawn(wire::received& packet, uint64_t id) {
  if (packet.fds() != wire::spawn_fds) {
    tell(wire::fork_failed{id, packet.is_cut() ? EMFILE : EBADMSG});
    return;
  }
  auto self = getpid();
  auto pid = fork();
  if (pid == 0) {
    close(socket_);
    close(signals_);
    auto pipes = server_pipes{packet.take_fd(wire::fd_stdin),
                              packet.take_fd(wire::fd_stdout),
                              packet.take_fd(wire::fd_stderr)};
    run_shim({packet.take_fd(wire::fd_control), host_,
              packet.take_fd(wire::fd_launch), self, pipes});
  }
  if (pid < 0) {
    tell(wire::fork_failed{id, errno});
    return;
  }
  children_.push_back({pid, id, false});
  tell(wire::forked{id, pid}, open_pidfd(pid));
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

void warden::on_sweep(wire::received& packet, const wire::sweep& what) {
  auto pid = fork_child([&] {
    auto guarded = read_numbers(packet.take_fd(0));
    auto order = sweep_order{self_, what.link, what.horizon, guarded};
    order.host.pid = what.host_pid;
    order.host.start = what.host_start;
    return sweep_own(order);
  });
  if (pid > 0)
    children_.push_back({pid, what.round, true});
  else
    tell(wire::swept{what.round, 0});
}

/// The shims watch the host themselves; one that was stopped is continued, so
/// that it can.
void warden::on_host_gone() {
  close(socket_);
  socket_ = -1;
  for (auto& x : waiting_)
    close(x.fd);
  waiting_.clear();
  for (auto& x : children_)
    kill(x.pid, x.is_sweep ? SIGKILL : SIGCONT);
}

template <class Message>
void warden::tell(const Message& x, int fd) {
  auto bytes = wire::encode(x);
  if (socket_ < 0 || (waiting_.empty() && send(bytes, fd))) {
    close(fd);
    return;
  }
  auto later = waiting_packet{{}, bytes.size(), fd};
  std::copy(bytes.begin(), bytes.end(), later.bytes);
  waiting_.push_back(later);
}

bool warden::send(std::span<const char> bytes, int fd) {
  return wire::send_packet(socket_, bytes, {&fd, fd >= 0 ? 1u : 0u}) == 0;
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

/// Runs `f` in a child that tells its result by its exit status.
template <class F>
int32_t warden::fork_child(F f) {
  auto pid = fork();
  if (pid != 0)
    return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  rename_self("mcp-sweep");
  close(socket_);
  _exit(static_cast<int>(std::min<uint32_t>(f(), 255)));
}

void warden::on_child_ends() {
  int status = 0;
  for (;;) {
    auto pid = waitpid(-1, &status, WNOHANG | __WALL);
    if (pid <= 0)
      break;
    on_ended(pid, status);
  }
  if (strangers_ || !unclean_.empty())
    kill_strangers();
}

void warden::on_ended(int32_t pid, int status) {
  auto at = std::find_if(children_.begin(), children_.end(),
                         [pid](auto& x) { return x.pid == pid; });
  if (at == children_.end()) {
    // Adopted from a dead shim; it may have left children of its own.
    strangers_ = true;
    killed_ += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    return;
  }
  auto x = *at;
  children_.erase(at);
  if (x.is_sweep && x.id != 0)
    tell(
      wire::swept{x.id, WIFEXITED(status) ? uint32_t(WEXITSTATUS(status)) : 0});
  if (x.is_sweep)
    return;
  // A shim ends by itself only when the kernel has told it ECHILD.
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    tell(wire::shim_ended{x.id, 1, 0});
  else
    unclean_.push_back(x.id);
}

/// Every child that is not ours was a dead shim's. When none is left, whatever
/// the dead shims guarded is gone.
void warden::kill_strangers() {
  auto found = false;
  children all;
  all.each([&](int32_t pid) {
    auto known = std::any_of(children_.begin(), children_.end(),
                             [pid](auto& x) { return x.pid == pid; });
    if (known)
      return;
    found = true;
    kill(pid, SIGKILL);
  });
  strangers_ = found;
  kill_wait_ms_ = std::min(kill_wait_ms_ * 2, 1000);
  if (found)
    return;
  for (auto id : unclean_)
    tell(wire::shim_ended{id, 0, killed_});
  unclean_.clear();
  killed_ = 0;
}

} // namespace

void run_warden(int socket, int host) {
  warden{socket, host}.run();
}

} // namespace troupe::guard
