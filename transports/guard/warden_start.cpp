// vfork: a fork copies the page tables of a large host, for tens of
// milliseconds.
#define BOOST_POSIX_HAS_VFORK 1

#include "troupe/transports/guard/warden_start.hpp"
#include "troupe/messages/defaults.hpp"
#include "troupe/transports/guard/open_pidfd.hpp"
#include "troupe/transports/guard/packet_socket.hpp"
#include "troupe/transports/guard/send_signal.hpp"
#include "troupe/transports/io/close_on_exec.hpp"
#include "troupe/transports/io/signals_blocked.hpp"

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/env.hpp>
#include <boost/process/environment.hpp>
#include <boost/process/error.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/posix.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace troupe {

namespace bp = boost::process;
using std::chrono::milliseconds;

// -- in the child, which shares our memory until its exec --------------------

struct inherited {
  int null;
  int socket;
  int host;
};

/// Runs after a vfork: only system calls are allowed.
static void keep_only(const inherited& x) {
  close_on_exec_from(0);
  for (auto fd : {x.socket, x.host})
    if (fd >= 0)
      fcntl(fd, F_SETFD, 0);
  for (int fd = 0; fd < 3; ++fd)
    dup2(x.null, fd);
}

// -- in the host -------------------------------------------------------------

/// Moves a descriptor to a number that the child does not replace.
static int above_stdio(int fd) {
  if (fd > 2)
    return fd;
  auto high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
  auto error = errno;
  close(fd);
  errno = error;
  return high;
}

static std::vector<std::string> arguments_for(const process_mark& mark,
                                              const inherited& fds) {
  char text[mark_text_max];
  write_mark(mark, text, guard_mark_name);
  auto out = std::vector<std::string>{"--socket=" + std::to_string(fds.socket),
                                      "--host=" + std::to_string(fds.host)};
  if (is_mark(text)) // our own identity may be unknown, without /proc
    out.push_back(text);
  // Inside a server of another host, that host's sweep must find all that is
  // ours.
  auto outer = std::getenv(mark_name.data());
  if (auto x = outer == nullptr ? std::nullopt : read_mark(outer)) {
    write_mark(*x, text);
    out.push_back(text);
  }
  return out;
}

static bp::child launch(const std::string& executable, const process_mark& mark,
                        const inherited& fds, std::error_code& error) {
  auto reap = [](auto& executor, const std::error_code&) {
    if (executor.pid > 0)
      waitpid(executor.pid, nullptr, 0);
  };
  // A handler of the host must not run in the child, which shares its memory.
  auto blocked = signals_blocked{};
  return bp::child(bp::exe = executable, bp::args = arguments_for(mark, fds),
                   bp::environment{}, error, bp::posix::use_vfork,
                   bp::extend::on_exec_setup([&fds](auto&) { keep_only(fds); }),
                   bp::extend::on_error(reap));
}

static started_warden not_started(int error, const std::string& what) {
  auto out = started_warden{};
  out.error = what;
  out.error_number = error;
  return out;
}

/// The middle process has nothing left to do once it has forked the warden; it
/// is killed so that we do not wait for one that was stopped.
static void end_middle(pid_t pid) {
  auto fd = unique_fd{open_pidfd(pid)};
  if (fd)
    send_signal(fd.get(), SIGKILL);
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR)
    ;
}

static bool wait_readable(int fd, milliseconds limit) {
  using clock = std::chrono::steady_clock;
  auto end = clock::now() + limit;
  for (;;) {
    auto left = std::chrono::ceil<milliseconds>(end - clock::now());
    auto wait = static_cast<int>(std::max<int64_t>(left.count(), 0));
    auto readable = pollfd{fd, POLLIN, 0};
    auto n = poll(&readable, 1, wait);
    if (n >= 0 || errno != EINTR)
      return n > 0;
  }
}

/// Reads the warden's first packet.
static started_warden read_hello(guard_protocol::received& packet,
                                 const std::string& executable) {
  if (auto x =
        guard_protocol::decode<guard_protocol::fork_failed>(packet.bytes()))
    return not_started(static_cast<int>(x->error), "the warden cannot begin");
  auto x = guard_protocol::decode<guard_protocol::hello>(packet.bytes());
  if (!x)
    return not_started(0, executable + " is not a warden of this version");
  auto out = started_warden{};
  out.pidfd.reset(packet.take_fd(0));
  out.pid = out.pidfd ? x->pid : 0;
  out.error = "no descriptor for the warden";
  out.error_number = packet.is_cut() ? EMFILE : ENOSYS;
  return out;
}

static started_warden await_hello(unique_fd socket, pid_t middle,
                                  const std::string& executable) {
  auto out = not_started(0, "the warden " + executable + " did not come up");
  guard_protocol::received packet;
  if (wait_readable(socket.get(), defaults::exec_timeout)
      && packet.receive(socket.get()) == 0)
    out = read_hello(packet, executable);
  end_middle(middle);
  out.socket = std::move(socket);
  return out;
}

/// The descriptors that a start needs on our side.
struct start_fds {
  /// Returns 0 or an errno.
  int open();

  unique_fd ours;
  unique_fd theirs;
  unique_fd host;
  unique_fd null;
};

int start_fds::open() {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                 pair)
      != 0)
    return errno;
  ours.reset(pair[0]);
  auto take = [](unique_fd& to, int fd) {
    fd = fd < 0 ? fd : above_stdio(fd);
    auto error = fd < 0 ? errno : 0;
    to.reset(fd);
    return error;
  };
  auto error = take(theirs, pair[1]);
  if (error == 0)
    error = take(host, open_pidfd(getpid()));
  if (error == 0)
    error = take(null, ::open("/dev/null", O_RDWR | O_CLOEXEC));
  return error;
}

started_warden start_warden(const std::string& executable,
                            const process_mark& mark) {
  auto fds = start_fds{};
  if (auto error = fds.open(); error != 0)
    return not_started(error, "no descriptors for the warden");
  auto error = std::error_code{};
  auto pid = pid_t{0};
  try {
    auto child =
      launch(executable, mark,
             {fds.null.get(), fds.theirs.get(), fds.host.get()}, error);
    pid = child.id();
    child.detach();
  } catch (const std::system_error& x) {
    return not_started(x.code().value(), "cannot start the warden");
  } catch (const std::exception& x) {
    return not_started(0, "cannot start the warden: " + std::string{x.what()});
  }
  if (error)
    return not_started(error.value(), "cannot start the warden " + executable);
  fds.theirs.reset();
  return await_hello(std::move(fds.ours), pid, executable);
}

} // namespace troupe
