#include "troupe/transports/guard/guarded_server.hpp"
#include "troupe/transports/guard/launch_image.hpp"
#include "troupe/transports/guard/process_mark.hpp"
#include "troupe/transports/guard/send_signal.hpp"
#include "troupe/transports/guard/wake_guard.hpp"
#include "troupe/transports/io/os_error.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <limits>
#include <sys/mman.h>
#include <sys/socket.h>

namespace troupe {

using action = server_lifecycle::action;

guarded_server::guarded_server(boost::asio::io_context& io, uint64_t id,
                               const process_request& what,
                               guarded_process::events events)
  : io_(io), id_(id), events_(std::move(events)),
    lifecycle_(what.path_to_show(), what.cwd_to_show()) {
  // nop
}

// -- opening -----------------------------------------------------------------

/// `ours` is which end of the pipe stays here; only that one is non-blocking:
/// servers expect blocking pipes.
static int open_pipe(int ours, unique_fd& here, unique_fd& there) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return errno;
  here.reset(ends[ours]);
  there.reset(ends[1 - ours]);
  fcntl(here.get(), F_SETFL, O_NONBLOCK | fcntl(here.get(), F_GETFL));
  return 0;
}

static int open_control(unique_fd& here, unique_fd& there) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                 ends)
      != 0)
    return errno;
  here.reset(ends[0]);
  there.reset(ends[1]);
  return 0;
}

static uint32_t ms(milliseconds x) {
  return static_cast<uint32_t>(
    std::clamp<int64_t>(x.count(), 0, std::numeric_limits<int32_t>::max()));
}

static guard_protocol::launch launch_of(const process_request& what,
                                        const std::string& mark) {
  auto out = guard_protocol::launch{};
  out.path = what.path;
  out.cwd = what.cwd;
  out.argv = what.argv;
  // First in the environment, where a search of /proc finds it soonest.
  out.env.push_back(mark);
  auto outer = std::string{mark_name} + "=";
  for (auto& x : what.env)
    if (!x.starts_with(outer))
      out.env.push_back(x);
  out.head.allow_setuid = what.allow_setuid;
  out.head.host_death_grace_ms = ms(what.host_death_grace);
  out.head.unkillable_after_ms = ms(defaults::unkillable_after);
  out.head.kill_retry_ms = ms(defaults::kill_retry);
  out.head.exec_timeout_ms = ms(defaults::exec_timeout);
  return out;
}

static int write_launch(const guard_protocol::launch& x, unique_fd& file) {
  auto image = guard_protocol::encode_launch(x);
  if (image.empty())
    return E2BIG;
  file.reset(memfd_create("launch", MFD_CLOEXEC));
  if (!file)
    return errno;
  auto n = pwrite(file.get(), image.data(), image.size(), 0);
  return n == static_cast<ssize_t>(image.size()) ? 0 : ENOSPC;
}

int guarded_server::open(const process_request& what, const std::string& mark,
                         handover& theirs) {
  auto error = open_pipe(1, pipes_[0], theirs[guard_protocol::fd_stdin]);
  if (error == 0)
    error = open_pipe(0, pipes_[1], theirs[guard_protocol::fd_stdout]);
  if (error == 0)
    error = open_pipe(0, pipes_[2], theirs[guard_protocol::fd_stderr]);
  if (error == 0)
    error = open_control(unwatched_, theirs[guard_protocol::fd_control]);
  if (error == 0)
    error =
      write_launch(launch_of(what, mark), theirs[guard_protocol::fd_launch]);
  return error;
}

bool guarded_server::watch(std::weak_ptr<owner> by) {
  owner_ = std::move(by);
  control_ = std::make_unique<fd_watch>(io_, unwatched_.release());
  if (control_->fd() < 0)
    return false;
  control_->on_readable([weak = weak_from_this()] {
    if (auto self = weak.lock())
      self->on_readable();
  });
  return true;
}

// -- the user of the server --------------------------------------------------

unique_fd& guarded_server::pipe(guard_protocol::spawn_fd which) {
  return pipes_[which - guard_protocol::fd_stdin];
}

void guarded_server::stop(milliseconds grace) {
  grace_ = std::min(grace_, grace);
  // If the user has not taken the pipe, only we can end the server's stdin.
  pipe(guard_protocol::fd_stdin).reset();
  carry_out(lifecycle_.on_stop_wanted());
}

void guarded_server::drop() {
  for (auto& x : pipes_)
    x.reset();
  auto then = lifecycle_.on_dropped();
  if (then == action::pass_stop)
    grace_ = defaults::stop_grace;
  carry_out(then);
  // Later, because this may run inside one of them.
  boost::asio::post(io_, [self = shared_from_this()] { self->events_ = {}; });
}

// -- packets of the shim -----------------------------------------------------

void guarded_server::on_readable() {
  auto self = shared_from_this();
  read_all();
}

void guarded_server::read_all() {
  while (control_ && control_->fd() >= 0) {
    guard_protocol::received packet;
    auto error = packet.receive(control_->fd());
    if (error == EAGAIN)
      return;
    if (error == 0) {
      on_packet(packet);
      continue;
    }
    control_->close();
    carry_out(lifecycle_.on_socket_ended());
  }
}

void guarded_server::on_packet(guard_protocol::received& packet) {
  using guard_protocol::decode;
  auto bytes = packet.bytes();
  if (pulse_)
    pulse_->heard();
  if (auto x = decode<guard_protocol::started>(bytes))
    on_started(packet, x->pid);
  else if (auto x = decode<guard_protocol::exited>(bytes))
    on_exited(*x);
  else if (auto x = decode<guard_protocol::unkillable>(bytes))
    on_unkillable(x->pid);
  else if (auto x = decode<guard_protocol::start_failed>(bytes))
    carry_out(lifecycle_.on_start_failed(*x));
  else if (auto x = decode<guard_protocol::gone>(bytes))
    carry_out(lifecycle_.on_gone(*x));
}

void guarded_server::on_started(guard_protocol::received& packet, int32_t pid) {
  leader_.reset(packet.take_fd(0));
  if (lifecycle_.on_started() == action::tell && events_.on_started)
    events_.on_started(pid);
}

void guarded_server::on_exited(const guard_protocol::exited& x) {
  if (lifecycle_.on_exited(x) == action::tell && events_.on_exited)
    events_.on_exited();
}

void guarded_server::on_unkillable(int32_t pid) {
  // The shim keeps killing for as long as it takes: no answer is due.
  if (pulse_)
    pulse_->calm();
  if (lifecycle_.on_unkillable() == action::tell && events_.on_unkillable)
    events_.on_unkillable("process " + std::to_string(pid)
                          + " does not die of KILL");
}

// -- news of the link --------------------------------------------------------

void guarded_server::on_handed_over() {
  carry_out(lifecycle_.on_handed_over());
}

void guarded_server::on_forked(shim_handle shim) {
  shim_ = std::move(shim);
  expect_answer();
}

void guarded_server::on_fork_failed(int error) {
  carry_out(lifecycle_.on_fork_failed(error));
}

void guarded_server::on_shim_ended(const guard_protocol::shim_ended& x) {
  auto self = shared_from_this();
  // The shim's last packets may be unread in its own socket.
  read_all();
  carry_out(lifecycle_.on_shim_ended(x));
}

void guarded_server::on_warden_died() {
  auto self = shared_from_this();
  carry_out(lifecycle_.on_warden_died());
  // The link asks next whether anything was lost: note now if the shim died.
  read_all();
}

void guarded_server::on_swept(uint32_t killed, const std::string& text) {
  carry_out(lifecycle_.on_swept(killed, text));
}

void guarded_server::fail(errc why, int error, std::string text) {
  carry_out(lifecycle_.on_failed(why, error, std::move(text)));
}

// -- actions -----------------------------------------------------------------

/// Does what an event asks for, except `tell`: that is done where the event was
/// read.
void guarded_server::carry_out(action what) {
  auto self = shared_from_this();
  if (!lifecycle_.awaits_shim())
    pulse_.reset();
  switch (what) {
    case action::none:
    case action::tell: break;
    case action::pass_stop:
      send_stop();
      expect_answer();
      break;
    case action::await_warden: tell_owner(&owner::on_unreaped); break;
    case action::search: search(); break;
    case action::end: release(); break;
    case action::tell_end:
      release();
      if (events_.on_gone)
        events_.on_gone(lifecycle_.verdict());
  }
}

void guarded_server::tell_owner(void (owner::*news)(uint64_t)) {
  if (auto owner = owner_.lock())
    (owner.get()->*news)(id_);
}

/// Kills what stayed in the leader's group at once: the pidfd names that group
/// even if the pid belongs to another process by now. Before Linux 6.9 this
/// fails, and the sweep does it.
void guarded_server::search() {
  constexpr auto whole_group = 1u << 2; // PIDFD_SIGNAL_PROCESS_GROUP
  if (leader_)
    send_signal(leader_.get(), SIGKILL, whole_group);
  tell_owner(&owner::on_lost);
}

void guarded_server::release() {
  control_.reset();
  shim_.pidfd.reset();
  leader_.reset();
  tell_owner(&owner::on_finished);
}

/// The request may still be on its way: the shim finds this when it comes up.
void guarded_server::send_stop() {
  if (control_ && control_->fd() >= 0)
    guard_protocol::send(control_->fd(), guard_protocol::stop{ms(grace_)});
}

// -- a shim that does not answer ---------------------------------------------

/// A stop must be answered by the shim; before that is known, by the warden.
void guarded_server::expect_answer() {
  if (!shim_.pidfd || !lifecycle_.awaits_shim())
    return;
  if (!pulse_) {
    auto step = [weak = weak_from_this()](void (guarded_server::*f)()) {
      return [weak, f] {
        if (auto self = weak.lock())
          (self.get()->*f)();
      };
    };
    pulse_ = std::make_unique<guard_pulse>(
      io_, guard_pulse::events{step(&guarded_server::on_readable),
                               step(&guarded_server::ask_shim),
                               step(&guarded_server::kill_shim)});
  }
  pulse_->expect();
}

void guarded_server::wake() {
  if (shim_.pidfd)
    wake_guard(shim_.pid, shim_.pidfd.get());
}

void guarded_server::ask_shim() {
  wake();
  send_stop();
}

/// Kills the shim; the warden then kills what it guarded.
void guarded_server::kill_shim() {
  if (shim_.pidfd)
    send_signal(shim_.pidfd.get(), SIGKILL);
}

} // namespace troupe
