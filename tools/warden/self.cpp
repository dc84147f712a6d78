#include "troupe/tools/warden/self.hpp"
#include "troupe/transports/guard/process_mark.hpp"

#include <cstring>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace troupe::guard {

// -- the name ----------------------------------------------------------------

static char* title = nullptr;
static size_t title_size = 0;
static char marks[2 * mark_text_max]; // each ended by a zero
static size_t marks_size = 0;

static void remember_mark(std::string_view text) {
  if (!is_mark(text) || sizeof(marks) - marks_size <= text.size())
    return;
  text.copy(marks + marks_size, text.size());
  marks_size += text.size() + 1;
}

void remember_title(int argc, char** argv) {
  title = argv[0];
  auto last = argv[argc - 1];
  title_size = static_cast<size_t>(last + std::strlen(last) - title);
  for (int i = 1; i < argc; ++i)
    remember_mark(argv[i]);
}

void rename_self(std::string_view name) {
  prctl(PR_SET_NAME, name.data());
  std::memset(title, 0, title_size);
  name.copy(title, title_size);
  if (name.size() + 1 + marks_size <= title_size)
    std::memcpy(title + name.size() + 1, marks, marks_size);
}

void allow_tracing(bool yes) {
  prctl(PR_SET_DUMPABLE, yes ? 1 : 0);
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
