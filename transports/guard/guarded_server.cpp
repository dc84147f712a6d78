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

guarded_server::guarded_server(boost::asio::io_context& io, uint64_t id,
                               process_request what,
                               guarded_process::events events)
  : io_(io), id_(id), what_(std::move(what)), events_(std::move(events)) {
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
  // First, where a look at the process finds it soonest.
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

int guarded_server::open(const std::string& mark, handover& theirs) {
  auto error = open_pipe(1, pipes_[0], theirs[guard_protocol::fd_stdin]);
  if (error == 0)
    error = open_pipe(0, pipes_[1], theirs[guard_protocol::fd_stdout]);
  if (error == 0)
    error = open_pipe(0, pipes_[2], theirs[guard_protocol::fd_stderr]);
  if (error == 0)
    error = open_control(unwatched_, theirs[guard_protocol::fd_control]);
  if (error == 0)
    error =
      write_launch(launch_of(what_, mark), theirs[guard_protocol::fd_launch]);
  // Only the names are needed any more, for texts; the rest may hold secrets.
  what_.env.clear();
  what_.argv.clear();
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

// -- what the user of the server does ----------------------------------------

unique_fd& guarded_server::pipe(guard_protocol::spawn_fd which) {
  return pipes_[which - guard_protocol::fd_stdin];
}

void guarded_server::stop(milliseconds grace) {
  grace_ = stopping_ ? std::min(grace_, grace) : grace;
  stopping_ = true;
  // Where nobody has taken it yet, nobody else can end it.
  pipe(guard_protocol::fd_stdin).reset();
  // The request may still be on its way; the shim finds this when it comes up.
  if (control_ && !control_ended_)
    guard_protocol::send(control_->fd(), guard_protocol::stop{ms(grace)});
  expect_answer();
}

void guarded_server::drop() {
  if (silent_)
    return;
  silent_ = true;
  for (auto& x : pipes_)
    x.reset();
  if (!stopping_ && !finished_)
    stop(defaults::stop_grace);
  // Not now: this may run inside one of them.
  boost::asio::post(io_, [self = shared_from_this()] { self->events_ = {}; });
}

// -- what the shim says ------------------------------------------------------

void guarded_server::on_readable() {
  auto self = shared_from_this();
  read_all();
  resolve();
}

void guarded_server::read_all() {
  while (control_ && !control_ended_ && !finished_) {
    guard_protocol::received packet;
    auto error = packet.receive(control_->fd());
    if (error == EAGAIN)
      return;
    if (error == 0) {
      on_packet(packet);
      continue;
    }
    control_ended_ = true;
    control_->close();
  }
}

void guarded_server::on_packet(guard_protocol::received& packet) {
  auto bytes = packet.bytes();
  if (pulse_)
    pulse_->heard();
  if (auto x = guard_protocol::decode<guard_protocol::started>(bytes)) {
    on_started(packet, x->pid);
  } else if (auto x = guard_protocol::decode<guard_protocol::exited>(bytes)) {
    exited_ = *x;
    if (!silent_ && events_.on_exited)
      events_.on_exited();
  } else if (auto x =
               guard_protocol::decode<guard_protocol::unkillable>(bytes)) {
    // It goes on trying, for as long as it takes.
    if (pulse_)
      pulse_->calm();
    if (!silent_ && events_.on_unkillable)
      events_.on_unkillable("process " + std::to_string(x->pid)
                            + " does not die of KILL");
  } else if (auto x =
               guard_protocol::decode<guard_protocol::start_failed>(bytes)) {
    start_failed_ = *x;
  } else if (auto x = guard_protocol::decode<guard_protocol::gone>(bytes)) {
    gone_ = *x;
  }
}

void guarded_server::on_started(guard_protocol::received& packet, int32_t pid) {
  started_ = true;
  leader_.reset(packet.take_fd(0));
  if (!silent_ && events_.on_started)
    events_.on_started(pid);
}

// -- what its link learns ----------------------------------------------------

void guarded_server::on_handed_over() {
  handed_over_ = true;
}

void guarded_server::on_forked(shim_handle shim) {
  shim_ = std::move(shim);
  if (stopping_)
    expect_answer();
}

void guarded_server::on_fork_failed(int error) {
  fail(errc::spawn_failed, error,
       "cannot fork a guard for " + what_.path_to_show() + ": "
         + os_error_text(error));
}

void guarded_server::on_shim_ended(const guard_protocol::shim_ended& x) {
  auto self = shared_from_this();
  // Its last words may still wait in the other socket.
  read_all();
  ended_ = x;
  resolve();
}

void guarded_server::on_warden_died() {
  if (!handed_over_)
    return;
  auto self = shared_from_this();
  warden_died_ = true;
  read_all();
  resolve();
}

void guarded_server::on_swept(uint32_t killed, const std::string& text) {
  auto x = report(proof::best_effort);
  x.killed = killed;
  if (!started_ && !stopping_)
    x.why = errc::spawn_failed;
  x.text = text;
  finish(std::move(x));
}

void guarded_server::fail(errc why, int error, std::string text) {
  auto x = stop_report{};
  x.why = why;
  x.start_errno = error;
  x.text = std::move(text);
  finish(std::move(x));
}

/// Ends it if enough is known.
void guarded_server::resolve() {
  if (finished_ || lost_)
    return;
  auto reaped = ended_ || (warden_died_ && control_ended_);
  if (gone_ && reaped) {
    finish(report(proof::empty));
  } else if (ended_) {
    auto x = report(proof::swept);
    x.killed = ended_->killed;
    x.text = "its guard was killed; all that it guarded has been killed";
    finish(std::move(x));
  } else if (warden_died_ && control_ended_) {
    lost_ = true;
    kill_group();
    if (auto owner = owner_.lock())
      owner->on_lost(id_);
  } else if (gone_ || control_ended_) {
    pulse_.reset();
    if (auto owner = owner_.lock(); owner && !warden_died_)
      owner->on_unreaped(id_);
  }
}

/// What stayed in the leader's group dies at once. The pidfd names that group
/// only, whoever has the pid by now. Before Linux 6.9 this fails, and the sweep
/// does it.
void guarded_server::kill_group() {
  constexpr auto whole_group = 1u << 2; // PIDFD_SIGNAL_PROCESS_GROUP
  if (leader_)
    send_signal(leader_.get(), SIGKILL, whole_group);
}

// -- a shim that does not answer ---------------------------------------------

/// A stop is owed an answer. Before the shim is known, the warden owes one.
void guarded_server::expect_answer() {
  if (!shim_.pidfd || gone_ || control_ended_ || finished_)
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
  if (control_ && !control_ended_)
    guard_protocol::send(control_->fd(), guard_protocol::stop{ms(grace_)});
}

/// The warden then kills what it guarded.
void guarded_server::kill_shim() {
  if (shim_.pidfd)
    send_signal(shim_.pidfd.get(), SIGKILL);
}

// -- the end -----------------------------------------------------------------

stop_report guarded_server::report(proof left) const {
  auto x = stop_report{};
  x.left = left;
  x.why = stopping_ ? errc::none : errc::child_exited;
  if (exited_) {
    x.exit_status = exited_->exit_status;
    x.term_signal = exited_->term_signal;
  }
  if (gone_) {
    x.exit_status = gone_->exit_status;
    x.term_signal = gone_->term_signal;
    x.killed = gone_->killed;
    if (gone_->sent_term != 0)
      x.signals.push_back("TERM");
    if (gone_->sent_kill != 0)
      x.signals.push_back("KILL");
  }
  if (start_failed_)
    describe_failure(x);
  return x;
}

std::string guarded_server::words_for(guard_protocol::start_step step) const {
  switch (step) {
    case guard_protocol::start_step::request:
      return "cannot prepare " + what_.path_to_show();
    case guard_protocol::start_step::fork:
      return "cannot fork for " + what_.path_to_show();
    case guard_protocol::start_step::chdir:
      return "cannot enter the folder " + what_.cwd_to_show();
    default: return "cannot execute " + what_.path_to_show();
  }
}

void guarded_server::describe_failure(stop_report& x) const {
  using guard_protocol::start_step;
  auto step = start_failed_->step;
  auto error = start_failed_->error;
  auto unusable = error == ENOENT || error == EACCES || error == ENOEXEC
                  || error == ENOTDIR || error == EISDIR || error == ELOOP;
  x.why = step == start_step::exec && unusable ? errc::program_not_found
                                               : errc::spawn_failed;
  x.start_errno = error;
  x.exit_status = -1;
  if (step == start_step::request && error == ECANCELED)
    x.why = errc::none; // a stop came first
  if (x.left == proof::empty && step != start_step::overdue)
    x.left = proof::never_started;
  x.text = words_for(step) + ": " + os_error_text(error);
}

void guarded_server::finish(stop_report x) {
  if (finished_)
    return;
  auto self = shared_from_this();
  finished_ = true;
  control_.reset();
  pulse_.reset();
  shim_.pidfd.reset();
  leader_.reset();
  if (auto owner = owner_.lock())
    owner->on_finished(id_);
  if (!silent_ && events_.on_gone)
    events_.on_gone(std::move(x));
}

} // namespace troupe
