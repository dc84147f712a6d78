#include "troupe/tools/warden/descendants.hpp"

#include <cerrno>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::guard {

/// Includes children that end without SIGCHLD.
static constexpr int ended = WEXITED | WNOHANG | __WALL;

void descendants::adopt_leader(int32_t pid) {
  leader_ = pid;
}

bool descendants::reap() {
  for (;;) {
    auto x = siginfo_t{};
    if (waitid(P_ALL, 0, &x, ended | WNOWAIT) != 0)
      return errno == ECHILD;
    if (x.si_pid == 0)
      return false;
    if (x.si_pid != leader_) {
      reap_one(x.si_pid);
      continue;
    }
    // The leader is the oldest child: its zombie would hide the others from
    // P_ALL.
    if (!leader_ended_)
      note_leader(x);
    if (reap_others() > 0)
      return false;
    reap_one(leader_);
    leader_ = 0;
  }
}

void descendants::signal_all(int signal) {
  kill_sent_ = kill_sent_ || signal == SIGKILL;
  auto group = leader_ != 0 && kill(-leader_, signal) == 0 ? leader_ : 0;
  children_.each([=](int32_t pid) {
    // Not twice: many programs take a second TERM for "at once".
    if (group == 0 || getpgid(pid) != group)
      kill(pid, signal);
  });
}

int32_t descendants::any() {
  auto found = int32_t{0};
  children_.each([&found](int32_t pid) { found = pid; });
  return found;
}

// -- one at a time -----------------------------------------------------------

void descendants::note_leader(const siginfo_t& x) {
  leader_ended_ = true;
  if (x.si_code == CLD_EXITED)
    exit_status_ = x.si_status;
  else
    term_signal_ = x.si_status;
}

void descendants::note_death(const siginfo_t& x) {
  if (kill_sent_ && x.si_code == CLD_KILLED && x.si_status == SIGKILL)
    ++killed_;
}

size_t descendants::reap_others() {
  auto left = size_t{0};
  children_.each([&](int32_t pid) {
    if (pid != leader_ && !reap_one(pid))
      ++left;
  });
  return left;
}

bool descendants::reap_one(int32_t pid) {
  auto x = siginfo_t{};
  if (waitid(P_PID, static_cast<id_t>(pid), &x, ended) != 0 || x.si_pid == 0)
    return false;
  note_death(x);
  return true;
}

} // namespace troupe::guard
