#include "troupe/transports/guard/warden_link.hpp"
#include "troupe/transports/guard/send_signal.hpp"
#include "troupe/transports/guard/wake_guard.hpp"
#include "troupe/transports/guard/warden_start.hpp"
#include "troupe/transports/io/os_error.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <random>
#include <sys/mman.h>
#include <sys/wait.h>

namespace troupe {

static uint64_t random_number() {
  auto device = std::random_device{};
  return (uint64_t{device()} << 32) | device();
}

warden_link::warden_link(boost::asio::io_context& io, std::string executable)
  : io_(io), executable_(std::move(executable)), self_(own_identity()),
    link_(random_number()) {
  // nop
}

warden_link::~warden_link() {
  for (auto& [id, server] : servers_)
    server->wake();
  if (!life_)
    return;
  auto pid = life_->pid;
  auto pidfd = life_->pidfd->fd();
  // Only we continue a stopped warden: one must not stay so after our end.
  wake_guard(pid, pidfd);
  life_->socket.reset();
  // Without shims it ends at once, else when its shims are done.
  auto ended = pollfd{pidfd, POLLIN, 0};
  auto wait = milliseconds{defaults::warden_exit_timeout};
  if (servers_.empty() && poll(&ended, 1, static_cast<int>(wait.count())) == 0)
    send_signal(pidfd, SIGKILL);
  waitpid(pid, nullptr, WNOHANG);
}

int32_t warden_link::pid() const {
  return pid_;
}

uint64_t warden_link::restarts() const {
  auto starts = starts_.load();
  return starts > 0 ? starts - 1 : 0;
}

// -- requests ----------------------------------------------------------------

std::shared_ptr<guarded_server>
warden_link::spawn(process_request what, guarded_process::events events) {
  auto id = next_id_++;
  if (self_.pid == 0) // its identity could not be read for want of a descriptor
    self_ = own_identity();
  char text[mark_text_max];
  write_mark({self_, link_, id}, text);
  auto request = waiting_request{
    {id, std::max<int64_t>(what.host_death_grace.count(), 0)}, {}};
  auto server =
    std::make_shared<guarded_server>(io_, id, what, std::move(events));
  auto error = server->open(what, text, request.fds);
  if (!server->watch(weak_from_this()) && error == 0)
    error = EMFILE;
  servers_[id] = server;
  if (error != 0) {
    boost::asio::post(io_, [server, error] {
      server->fail(error == E2BIG ? errc::invalid_spec : errc::spawn_failed,
                   error, "cannot prepare the start: " + os_error_text(error));
    });
    return server;
  }
  waiting_.push_back(std::move(request));
  if (ensure_running())
    pump();
  return server;
}

/// Sends queued requests, as far as the window and the socket allow.
void warden_link::pump() {
  while (life_ && !waiting_.empty()
         && life_->unanswered < defaults::spawn_window)
    if (!send_next())
      return;
}

bool warden_link::send_next() {
  if (life_->socket->fd() < 0)
    return false; // as below; its socket was closed before
  auto& next = waiting_.front();
  int fds[guard_protocol::spawn_fds];
  for (size_t i = 0; i < guard_protocol::spawn_fds; ++i)
    fds[i] = next.fds[i].get();
  auto error = guard_protocol::send(life_->socket->fd(), next.what, fds);
  if (error == EPIPE || error == ECONNRESET)
    return false; // its pidfd will tell; the next one gets the request
  if (error == EAGAIN) {
    life_->socket->on_writable([this] { pump(); });
    life_->pulse->expect();
    return false;
  }
  // Too many descriptors are in flight: its next answers make room.
  if (error == ETOOMANYREFS && life_->unanswered > 0)
    return false;
  auto server = find(next.what.id);
  waiting_.pop_front(); // the warden has its own copies now
  if (!server)
    return true;
  if (error != 0) {
    boost::asio::post(io_, [server, error] { server->on_fork_failed(error); });
    return true;
  }
  server->on_handed_over();
  ++life_->unanswered;
  life_->pulse->expect();
  return true;
}

void warden_link::on_answered(uint64_t id, int error, shim_handle shim) {
  vain_lives_ = 0;
  if (life_->unanswered > 0)
    --life_->unanswered;
  auto server = find(id);
  if (server && error != 0)
    server->on_fork_failed(error);
  else if (server)
    server->on_forked(std::move(shim));
  pump();
}

std::shared_ptr<guarded_server> warden_link::find(uint64_t id) {
  auto at = servers_.find(id);
  return at == servers_.end() ? nullptr : at->second;
}

// -- life of the warden ------------------------------------------------------

bool warden_link::ensure_running() {
  if (life_)
    return true;
  auto started = start_warden(executable_, {self_, link_, 0});
  if (started.pid == 0) {
    fail_start(started.error, started.error_number);
    return false;
  }
  ++starts_;
  life_ = std::make_unique<life>();
  life_->pid = started.pid;
  pid_ = started.pid;
  life_->socket = std::make_unique<fd_watch>(io_, started.socket.release());
  life_->pidfd = std::make_unique<fd_watch>(io_, started.pidfd.release());
  if (life_->socket->fd() < 0 || life_->pidfd->fd() < 0) {
    life_.reset(); // dropping its socket ends it
    fail_start("the warden cannot be watched", ENOSPC);
    return false;
  }
  watch_life();
  watch_pulse();
  send_sweep();
  return true;
}

void warden_link::watch_life() {
  auto later = [this](void (warden_link::*step)()) {
    return [weak = weak_from_this(), step] {
      if (auto self = weak.lock())
        (self.get()->*step)();
    };
  };
  life_->socket->on_readable(later(&warden_link::on_packets));
  life_->pidfd->on_readable(later(&warden_link::on_died));
}

void warden_link::on_packets() {
  while (life_ && life_->socket->fd() >= 0) {
    guard_protocol::received packet;
    auto error = packet.receive(life_->socket->fd());
    if (error == EAGAIN)
      return;
    if (error == 0) {
      life_->pulse->heard();
      on_packet(packet);
      if (life_ && !is_owed())
        life_->pulse->calm();
      continue;
    }
    // It has closed its end, or sent nonsense.
    life_->socket->close();
    end_life();
  }
}

void warden_link::on_packet(guard_protocol::received& packet) {
  auto bytes = packet.bytes();
  if (auto x = guard_protocol::decode<guard_protocol::forked>(bytes))
    on_answered(
      x->id, 0,
      {static_cast<int32_t>(x->shim_pid), unique_fd{packet.take_fd(0)}});
  else if (auto x = guard_protocol::decode<guard_protocol::fork_failed>(bytes))
    on_answered(x->id, static_cast<int>(x->error), {});
  else if (auto x = guard_protocol::decode<guard_protocol::swept>(bytes))
    on_swept(*x);
  else if (auto x = guard_protocol::decode<guard_protocol::shim_ended>(bytes)) {
    if (auto server = find(x->id))
      server->on_shim_ended(*x);
  } else if (!guard_protocol::decode<guard_protocol::alive>(bytes)) {
    end_life(); // another version of the program
  }
}

/// Kills it; `on_died` does the rest.
void warden_link::end_life() {
  send_signal(life_->pidfd->fd(), SIGKILL);
}

void warden_link::on_died() {
  auto self = shared_from_this();
  on_packets(); // packets that it sent before
  // If we are a subreaper or process 1, it had become our child.
  waitpid(life_->pid, nullptr, WNOHANG);
  lost_by_ = life_->was_silent ? "the warden did not answer and was replaced"
                               : "the server's guards were killed";
  pid_ = 0;
  life_.reset();
  unreaped_.clear();
  auto servers = servers_;
  for (auto& [id, server] : servers)
    server->on_warden_died();
  if (lost_.empty() && waiting_.empty())
    return;
  if (++vain_lives_ >= defaults::warden_tries_max)
    fail_start("the warden " + executable_ + " dies again and again");
  else if (ensure_running())
    pump();
}

/// Fails the queued starts: nothing is ever started unguarded.
void warden_link::fail_start(const std::string& text, int error) {
  auto self = shared_from_this();
  auto whole = error == 0 ? text : text + ": " + os_error_text(error);
  // Scarce resources may come back; a missing program needs a person.
  auto scarce = is_scarcity(error);
  auto why = scarce ? errc::spawn_failed : errc::warden_unavailable;
  auto number = scarce ? error : 0;
  auto waiting = std::exchange(waiting_, {});
  for (auto& x : waiting)
    if (auto server = find(x.what.id))
      boost::asio::post(io_, [server, why, number, whole] {
        server->fail(why, number, whole);
      });
  give_up_lost(whole);
  vain_lives_ = 0;
}

// -- a warden that does not answer -------------------------------------------

void warden_link::watch_pulse() {
  auto step = [weak = weak_from_this()](void (warden_link::*f)()) {
    return [weak, f] {
      if (auto self = weak.lock(); self && self->life_)
        (self.get()->*f)();
    };
  };
  life_->pulse = std::make_unique<guard_pulse>(
    io_,
    guard_pulse::events{step(&warden_link::on_packets), step(&warden_link::ask),
                        step(&warden_link::on_silence)});
}

bool warden_link::is_owed() const {
  return life_->unanswered > 0 || !waiting_.empty() || !lost_.empty()
         || !unreaped_.empty();
}

void warden_link::on_unreaped(uint64_t id) {
  unreaped_.insert(id);
  if (life_)
    life_->pulse->expect();
}

/// Continues it, if it was stopped, and asks for an answer.
void warden_link::ask() {
  wake_guard(life_->pid, life_->pidfd->fd());
  guard_protocol::send(life_->socket->fd(), guard_protocol::probe{});
}

void warden_link::on_silence() {
  life_->was_silent = true;
  end_life();
}

// -- the sweep after a double crash ------------------------------------------

void warden_link::on_finished(uint64_t id) {
  servers_.erase(id);
  lost_.erase(id);
  unreaped_.erase(id);
}

void warden_link::on_lost(uint64_t id) {
  lost_[id] = 0;
  if (std::exchange(sweep_posted_, true))
    return;
  // Once for all servers that are lost together.
  boost::asio::post(io_, [weak = weak_from_this()] {
    if (auto self = weak.lock())
      self->look_for_lost();
  });
}

void warden_link::look_for_lost() {
  sweep_posted_ = false;
  auto unsought = std::any_of(lost_.begin(), lost_.end(),
                              [](auto& x) { return x.second == 0; });
  if (!unsought)
    return;
  if (!life_)
    ensure_running(); // which sweeps first of all
  else
    send_sweep();
}

void warden_link::send_sweep() {
  auto guarded = std::vector<uint64_t>{};
  for (auto& [id, server] : servers_)
    if (!lost_.contains(id))
      guarded.push_back(id);
  auto file = unique_fd{memfd_create("guarded", MFD_CLOEXEC)};
  auto size = static_cast<ssize_t>(guarded.size() * sizeof(uint64_t));
  // With an incomplete list the sweep would kill living servers.
  if (!file || pwrite(file.get(), guarded.data(), size_t(size), 0) != size)
    return give_up_lost("no memory to look for what it left");
  auto order =
    guard_protocol::sweep{self_.pid, self_.start, ++round_, link_, next_id_};
  auto fd = file.get();
  auto error = guard_protocol::send(life_->socket->fd(), order, {&fd, 1});
  if (error == EAGAIN)
    return give_up_lost("the warden cannot be reached");
  if (!lost_.empty())
    life_->pulse->expect();
  for (auto& [id, round] : lost_)
    round = round_;
}

void warden_link::on_swept(const guard_protocol::swept& x) {
  vain_lives_ = 0;
  auto killed = x.killed;
  auto lost = lost_;
  for (auto& [id, round] : lost)
    if (auto server = find(id); server && round != 0 && round <= x.round)
      server->on_swept(
        std::exchange(killed, 0),
        lost_by_ + "; every process with the server's mark has been killed");
}

void warden_link::give_up_lost(const std::string& text) {
  auto lost = std::exchange(lost_, {});
  for (auto& [id, round] : lost)
    if (auto server = find(id))
      server->on_swept(
        0, lost_by_
             + "; only the server's process group has been killed: " + text);
}

} // namespace troupe
