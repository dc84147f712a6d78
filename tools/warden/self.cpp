#include "tools/warden/self.hpp"

#include <cstring>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace troupe::guard {

// -- the name ----------------------------------------------------------------

static char* title = nullptr;
static size_t title_size = 0;

void remember_title(int argc, char** argv) {
  title = argv[0];
  auto last = argv[argc - 1];
  title_size = static_cast<size_t>(last + std::strlen(last) - title);
}

void rename_self(const char* name) {
  prctl(PR_SET_NAME, name);
  std::memset(title, 0, title_size);
  std::strncpy(title, name, title_size);
}

// -- signals -----------------------------------------------------------------

int take_signals(std::initializer_list<int> signals) {
  sigset_t all, wanted;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  sigemptyset(&wanted);
  for (auto x : signals) {
    // An ignored SIGCHLD, inherited, would make the kernel reap for us.
    signal(x, SIG_DFL);
    sigaddset(&wanted, x);
  }
  return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

uint64_t drain_signals(int fd) {
  auto seen = uint64_t{0};
  signalfd_siginfo x;
  while (read(fd, &x, sizeof(x)) == sizeof(x))
    seen |= uint64_t{1} << (x.ssi_signo & 63);
  return seen;
}

} // namespace troupe::guard
