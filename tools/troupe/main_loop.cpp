#include "troupe/tools/troupe/main_loop.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace troupe::cli {

main_loop::main_loop() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_ < 0)
    throw std::system_error(errno, std::generic_category(), "an event");
}

main_loop::~main_loop() {
  ::close(wake_);
}

// -- tasks --------------------------------------------------------------------

void main_loop::post(task what) {
  {
    std::lock_guard guard{mutex_};
    posted_.push_back(std::move(what));
  }
  uint64_t one = 1;
  // Fails only when a wake-up is pending already.
  [[maybe_unused]] auto n = ::write(wake_, &one, sizeof(one));
}

void main_loop::watch(int fd, short events,
                      std::function<void(short)> on_events) {
  watched_[fd] = {events, std::move(on_events)};
}

void main_loop::forget(int fd) {
  watched_.erase(fd);
}

uint64_t main_loop::after(std::chrono::milliseconds delay, task what) {
  timers_[++last_timer_] = {clock::now() + delay, std::move(what)};
  return last_timer_;
}

void main_loop::cancel(uint64_t timer) {
  timers_.erase(timer);
}

void main_loop::quit() {
  running_ = false;
}

// -- the loop -----------------------------------------------------------------

void main_loop::run() {
  running_ = true;
  while (running_) {
    poll_once();
    run_due();
    run_posted();
  }
}

int main_loop::wait_ms() const {
  auto earlier = [](auto& x, auto& y) { return x.second.due < y.second.due; };
  auto next = std::min_element(timers_.begin(), timers_.end(), earlier);
  if (next == timers_.end())
    return -1;
  auto left = std::chrono::ceil<std::chrono::milliseconds>(next->second.due
                                                           - clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 60'000));
}

// A callback may remove any descriptor, its own too: each is looked up again,
// and its function is kept while it runs.
void main_loop::poll_once() {
  std::vector<pollfd> fds{{wake_, POLLIN, 0}};
  for (auto& [fd, x] : watched_)
    fds.push_back({fd, x.events, 0});
  if (::poll(fds.data(), fds.size(), wait_ms()) <= 0)
    return;
  for (size_t i = 1; i < fds.size(); ++i) {
    auto found = watched_.find(fds[i].fd);
    if (fds[i].revents == 0 || found == watched_.end())
      continue;
    auto call = found->second.on_events;
    call(fds[i].revents);
  }
  uint64_t count = 0;
  [[maybe_unused]] auto n = ::read(wake_, &count, sizeof(count));
}

void main_loop::run_posted() {
  std::vector<task> all;
  {
    std::lock_guard guard{mutex_};
    all.swap(posted_);
  }
  for (auto& x : all)
    x();
}

void main_loop::run_due() {
  auto now = clock::now();
  std::vector<uint64_t> due;
  for (auto& [number, x] : timers_)
    if (x.due <= now)
      due.push_back(number);
  for (auto number : due)
    if (auto found = timers_.extract(number))
      found.mapped().what();
}

// -- signals ------------------------------------------------------------------

static bool is_ignored(int number) {
  struct sigaction now {};
  return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

ending_signals::ending_signals() {
  sigemptyset(&taken_);
  for (auto x : {SIGINT, SIGTERM, SIGHUP})
    if (x != SIGHUP || !is_ignored(x)) // an ignored HUP stays so, for nohup
      sigaddset(&taken_, x);
  pthread_sigmask(SIG_BLOCK, &taken_, &before_);
  fd_ = ::signalfd(-1, &taken_, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd_ < 0)
    throw std::system_error(errno, std::generic_category(), "signals");
}

ending_signals::~ending_signals() {
  ::close(fd_);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void ending_signals::give_back() {
  for (auto x : {SIGINT, SIGTERM, SIGHUP})
    if (sigismember(&taken_, x) == 1)
      std::signal(x, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &taken_, nullptr);
}

int ending_signals::next() {
  signalfd_siginfo x;
  return ::read(fd_, &x, sizeof(x)) == sizeof(x) ? static_cast<int>(x.ssi_signo)
                                                 : 0;
}

} // namespace troupe::cli
