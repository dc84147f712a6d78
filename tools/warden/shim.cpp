#include "troupe/tools/warden/shim.hpp"
#include "troupe/tools/warden/descendants.hpp"
#include "troupe/tools/warden/ladder.hpp"
#include "troupe/tools/warden/self.hpp"
#include "troupe/transports/guard/open_pidfd.hpp"
#include "troupe/transports/guard/packet_socket.hpp"
#include "troupe/transports/guard/process_mark.hpp"
#include "troupe/transports/guard/wake_guard.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace troupe::guard {

namespace {

class shim {
public:
  explicit shim(const shim_ends& ends) : ends_(ends) {
    // nop
  }

  [[noreturn]] void run();

private:
  // -- starting
  bool set_up();
  bool map_launch();
  bool is_wanted();
  void start();
  void on_start_fault();
  void fail_start(guard_protocol::start_step step, int error);

  // -- the loop
  void wait();
  int timeout_ms() const;
  void on_control();
  void on_host_gone();
  void wake_warden();
  void on_signals();
  void on_time();
  void reap();

  // -- the end
  void kill_again();
  [[noreturn]] void finish();
  template <class Message>
  void tell(const Message& x);

  shim_ends ends_;
  int signals_ = -1;
  int faults_ = -1; // the exec pipe; -1 once it has ended
  guard_protocol::launch_view what_;
  descendants descendants_;
  ladder ladder_{milliseconds{0}};
  bool empty_ = false;
  bool told_exit_ = false;
  int32_t leader_ = 0;
  bool sent_term_ = false;
  bool sent_kill_ = false;
  clock::time_point exec_due_;
  clock::time_point kill_began_;
  clock::time_point kill_due_;
  milliseconds kill_wait_{1};
  bool told_unkillable_ = false;
};

// -- starting ----------------------------------------------------------------

void shim::run() {
  if (!set_up())
    fail_start(guard_protocol::start_step::request, errno);
  else if (!map_launch())
    fail_start(guard_protocol::start_step::request, EBADMSG);
  else if (is_wanted())
    start();
  else
    fail_start(guard_protocol::start_step::request, ECANCELED);
  reap();
  while (!empty_)
    wait();
  finish();
}

bool shim::set_up() {
  setsid();
  rename_self(shim_title);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  // If we are stopped when the warden dies, this continues us.
  prctl(PR_SET_PDEATHSIG, SIGCONT);
  signals_ = take_signals({SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT});
  return signals_ >= 0;
}

bool shim::map_launch() {
  struct stat file {};
  if (fstat(ends_.launch, &file) != 0 || file.st_size <= 0
      || static_cast<size_t>(file.st_size) > defaults::launch_bytes_max)
    return false;
  auto size = static_cast<size_t>(file.st_size);
  auto* bytes =
    mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, ends_.launch, 0);
  close(ends_.launch);
  if (bytes == MAP_FAILED)
    return false;
  auto image = std::span<char>{static_cast<char*>(bytes), size};
  auto count = guard_protocol::launch_pointers(image);
  auto* room = static_cast<char**>(std::calloc(count + 1, sizeof(char*)));
  return room != nullptr
         && guard_protocol::decode_launch(image, std::span<char*>{room, count},
                                          what_);
}

/// Whether to start: a stop may have overtaken the start.
bool shim::is_wanted() {
  ladder_ = ladder{milliseconds{what_.head.host_death_grace_ms}};
  on_control();
  return ladder_.at() == ladder::rung::running;
}

void shim::start() {
  exec_due_ = clock::now() + milliseconds{what_.head.exec_timeout_ms};
  auto pid = spawn_server(what_, ends_.pipes, faults_);
  // From here on only the server keeps its pipes open.
  for (auto fd : {ends_.pipes.in, ends_.pipes.out, ends_.pipes.err})
    close(fd);
  if (pid < 0)
    fail_start(guard_protocol::start_step::fork, -pid);
  else
    descendants_.adopt_leader(pid);
  leader_ = pid;
}

void shim::fail_start(guard_protocol::start_step step, int error) {
  tell(guard_protocol::start_failed{error, step});
  told_exit_ = true;
}

/// The exec pipe has ended, or brought the step that failed.
void shim::on_start_fault() {
  auto fault = start_fault{};
  auto n = read(faults_, &fault, sizeof(fault));
  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  close(faults_);
  faults_ = -1;
  if (n == sizeof(fault)) {
    fail_start(fault.step, fault.error);
    return;
  }
  // Its pid may be reused once it was reaped.
  auto pidfd = descendants_.leader_ended() ? -1 : open_pidfd(leader_);
  auto bytes = guard_protocol::encode(guard_protocol::started{leader_});
  guard_protocol::send_packet(
    ends_.control, bytes, std::span<const int>{&pidfd, pidfd >= 0 ? 1u : 0u});
  if (pidfd >= 0)
    close(pidfd);
}

// -- the loop ----------------------------------------------------------------

void shim::wait() {
  pollfd fds[] = {{ends_.control, POLLIN, 0},
                  {ends_.host, POLLIN, 0},
                  {signals_, POLLIN, 0},
                  {faults_, POLLIN, 0}};
  poll(fds, 4, timeout_ms());
  // The exec pipe first: what it says comes before the leader's death.
  if (fds[3].revents != 0)
    on_start_fault();
  if (fds[0].revents != 0)
    on_control();
  if (fds[1].revents != 0) {
    ends_.host = -1;
    on_host_gone();
  }
  if (fds[2].revents != 0)
    on_signals();
  on_time();
}

int shim::timeout_ms() const {
  auto due = clock::time_point::max();
  if (auto x = ladder_.due())
    due = *x;
  if (ladder_.at() == ladder::rung::killing)
    due = std::min(due, kill_due_);
  if (faults_ >= 0)
    due = std::min(due, exec_due_);
  if (due == clock::time_point::max())
    return -1;
  auto left = std::chrono::ceil<milliseconds>(due - clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
}

void shim::on_control() {
  for (;;) {
    guard_protocol::received packet;
    auto error = packet.receive(ends_.control);
    if (error == EAGAIN)
      return;
    if (error != 0) {
      // The host has closed its end, or was replaced by an exec. After a stop
      // that is no news; the host's pidfd tells if it died.
      ends_.control = -1;
      if (ladder_.at() == ladder::rung::running)
        on_host_gone();
      return;
    }
    if (auto x = guard_protocol::decode<guard_protocol::stop>(packet.bytes())) {
      ladder_.stop(clock::now(), milliseconds{x->grace_ms});
      tell(guard_protocol::stopping{x->grace_ms});
    }
  }
}

void shim::on_host_gone() {
  ladder_.host_gone(clock::now());
  wake_warden();
}

/// Continues a warden that was stopped or traced, and so could not see the
/// host's end: no other process is left to do so.
void shim::wake_warden() {
  auto pidfd = open_pidfd(ends_.warden);
  // Our parent as long as it lives: the pid is not reused.
  if (pidfd >= 0 && getppid() == ends_.warden)
    wake_guard(ends_.warden, pidfd);
  close(pidfd);
}

void shim::on_signals() {
  auto seen = drain_signals(signals_);
  if ((seen & ~(uint64_t{1} << SIGCHLD)) != 0)
    ladder_.host_gone(clock::now());
  kill_wait_ = milliseconds{1};
  reap();
  if (ladder_.at() == ladder::rung::killing && !empty_)
    kill_again();
}

void shim::reap() {
  empty_ = descendants_.reap();
  if (!descendants_.leader_ended() || told_exit_)
    return;
  // A leader that was killed before its exec leaves the pipe empty.
  if (faults_ >= 0)
    on_start_fault();
  told_exit_ = true;
  tell(guard_protocol::exited{descendants_.exit_status(),
                              descendants_.term_signal()});
}

void shim::on_time() {
  auto now = clock::now();
  if (faults_ >= 0 && now >= exec_due_) {
    close(faults_);
    faults_ = -1;
    fail_start(guard_protocol::start_step::overdue, ETIMEDOUT);
    ladder_.stop(now, milliseconds{0});
  }
  if (descendants_.leader_ended())
    ladder_.leader_ended(now);
  for (auto x = ladder_.advance(now); x != ladder::action::none;
       x = ladder_.advance(now)) {
    if (empty_)
      return;
    if (x == ladder::action::terminate) {
      sent_term_ = true;
      descendants_.signal_all(SIGTERM);
      // A stopped process acts on TERM only when it is continued.
      descendants_.signal_all(SIGCONT);
    } else {
      kill_began_ = now;
      kill_again();
    }
  }
  if (ladder_.at() == ladder::rung::killing && !empty_ && now >= kill_due_)
    kill_again();
}

// -- the end -----------------------------------------------------------------

/// Each death brings a SIGCHLD and with it the next look; the timer is for
/// processes that do not die.
void shim::kill_again() {
  sent_kill_ = true;
  descendants_.signal_all(SIGKILL);
  reap();
  auto now = clock::now();
  auto retry = milliseconds{what_.head.kill_retry_ms};
  kill_due_ = now + kill_wait_;
  kill_wait_ = std::min(kill_wait_ * 2, retry);
  auto patience = milliseconds{what_.head.unkillable_after_ms};
  if (!empty_ && !told_unkillable_ && now - kill_began_ >= patience) {
    told_unkillable_ = true;
    tell(guard_protocol::unkillable{descendants_.any()});
  }
}

void shim::finish() {
  tell(guard_protocol::gone{descendants_.exit_status(),
                            descendants_.term_signal(), sent_term_, sent_kill_,
                            descendants_.killed()});
  // Unread packets at our close would make the host lose our last ones.
  guard_protocol::received packet;
  while (ends_.control >= 0 && packet.receive(ends_.control) == 0)
    ;
  _exit(0);
}

template <class Message>
void shim::tell(const Message& x) {
  if (ends_.control >= 0)
    guard_protocol::send(ends_.control, x);
}

} // namespace

void run_shim(const shim_ends& ends) {
  shim{ends}.run();
}

} // namespace troupe::guard
