#include "troupe/tests/faults/soak/strike.hpp"

#include "troupe/tests/faults/soak/census.hpp"
#include "troupe/tests/support/leak_counter.hpp"
#include "troupe/transports/io/unique_fd.hpp"

#include <algorithm>
#include <functional>

#include <csignal>
#include <sys/syscall.h>
#include <unistd.h>

namespace troupe::soak {

namespace {

/// Holds on to the process first, and looks whether it is the right one then.
bool kill_if(pid_t pid, const std::function<bool()>& is_it) {
  if (pid <= 0)
    return false;
  unique_fd held{static_cast<int>(syscall(SYS_pidfd_open, pid, 0))};
  if (held.get() < 0 || !is_it())
    return false;
  return syscall(SYS_pidfd_send_signal, held.get(), SIGKILL, nullptr, 0) == 0;
}

bool is_marked(const target& x) {
  auto all = leaks::carrying(x.mark);
  return std::find(all.begin(), all.end(), x.leader) != all.end();
}

} // namespace

bool kill_leader(const target& x) {
  return kill_if(x.leader, [&] { return is_marked(x); });
}

bool kill_shim(const target& x) {
  if (x.leader <= 0)
    return false;
  auto shim = leaks::parent_of(x.leader);
  return kill_if(shim, [&] {
    return is_marked(x) && leaks::parent_of(x.leader) == shim
           && leaks::name_of(shim) == "mcp-shim";
  });
}

bool kill_warden() {
  auto pid = warden_pid();
  return kill_if(pid, [&] { return warden_pid() == pid; });
}

} // namespace troupe::soak
