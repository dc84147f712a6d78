#include "troupe/tools/demo-server/processes.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::demo {

namespace {

void report_pid(const options& what, const char* kind, int pid) {
  if (what.pid_file.empty())
    return;
  auto fd = ::open(what.pid_file.c_str(),
                   O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  auto line = std::string{kind} + ' ' + std::to_string(pid) + '\n';
  if (fd < 0 || ::write(fd, line.data(), line.size()) < 0)
    std::perror(what.pid_file.c_str());
  if (fd >= 0)
    ::close(fd);
}

[[noreturn]] void idle() {
  end_in_an_hour();
  for (;;)
    ::pause();
}

/// Holds our stdout open, as careless children do.
int start_setsid_child() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return -1;
  auto pid = ::fork();
  if (pid == 0) {
    ::setsid();
    ::close(ends[0]);
    ::close(ends[1]);
    idle();
  }
  // The end of the pipe shows that the child is in its session.
  ::close(ends[1]);
  char none;
  while (::read(ends[0], &none, 1) < 0 && errno == EINTR) {
  }
  ::close(ends[0]);
  return pid;
}

/// The daemon's pid comes through a pipe: its parent is gone by then.
int start_daemon() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return -1;
  auto middle = ::fork();
  if (middle == 0) {
    ::setsid();
    auto pid = ::fork();
    if (pid == 0) {
      ::setsid();
      for (int fd = 0; fd < 3; ++fd)
        ::close(fd);
      ::close(ends[0]);
      ::close(ends[1]);
      idle();
    }
    auto told = ::write(ends[1], &pid, sizeof(pid));
    ::_exit(told == sizeof(pid) ? 0 : 1);
  }
  ::close(ends[1]);
  int pid = -1;
  if (::read(ends[0], &pid, sizeof(pid)) != sizeof(pid))
    pid = -1;
  ::close(ends[0]);
  ::waitpid(middle, nullptr, 0);
  return pid;
}

void set_signals(const options& what) {
  // A host that stops reading is noticed by EPIPE.
  std::signal(SIGPIPE, SIG_IGN);
  if (what.ignore_term)
    for (auto x : {SIGTERM, SIGHUP, SIGINT})
      std::signal(x, SIG_IGN);
}

} // namespace

std::vector<int> start_helpers(const options& what) {
  std::vector<int> result;
  set_signals(what);
  report_pid(what, "server", ::getpid());
  if (what.setsid_child) {
    result.push_back(start_setsid_child());
    report_pid(what, "child", result.back());
  }
  if (what.daemonize) {
    result.push_back(start_daemon());
    report_pid(what, "daemon", result.back());
  }
  return result;
}

void end_in_an_hour() {
  ::alarm(3600);
}

} // namespace troupe::demo
