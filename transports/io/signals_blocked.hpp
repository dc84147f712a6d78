#pragma once

#include <signal.h>

namespace troupe {

/// Blocks all signals of this thread as long as it lives. Threads and children
/// that are started meanwhile inherit that: no handler of the embedder's can
/// run in them before they set a mask of their own.
class signals_blocked {
public:
  signals_blocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~signals_blocked() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;

private:
  sigset_t before_;
};

} // namespace troupe
