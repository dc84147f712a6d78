#pragma once

#include "troupe/tools/warden/ladder.hpp"

#include <optional>
#include <poll.h>
#include <vector>

namespace troupe::guard {

/// The children that the warden forked itself: shims, and sweeps. Each is
/// watched by its pidfd as well. The kernel reports the end of a traced process
/// to its tracer alone, and no other process can reap it: it counts as dead.
class forked {
public:
  struct child {
    int32_t pid = 0;
    uint64_t id = 0; ///< of the server, or the round of a sweep
    bool is_sweep = false;
    milliseconds grace{0}; ///< of the server, once the host has died
    int pidfd = -1;
    clock::time_point due =
      {};                 ///< when it has to be gone; zero: nothing is due
    bool is_held = false; ///< dead, and held by its tracer
  };

  void add(child x);
  bool knows(int32_t pid) const;
  /// Removes one that was reaped; nothing where it is unknown.
  std::optional<child> take(int32_t pid);

  /// Adds the pidfds of those that live.
  void watch(std::vector<pollfd>& to) const;
  /// Those that have ended and cannot be reaped now; each is returned once.
  std::vector<child> take_held();

  /// Whether none is left but those that are held by tracers.
  bool is_empty() const;
  void close_pidfds() const;

  // -- after the host's death

  /// Ends the sweeps; continues the shims that were stopped, each within its
  /// time.
  void on_host_gone(clock::time_point now);
  std::optional<clock::time_point> due() const;
  /// Kills those whose time is over: they are stopped, traced, or at a process
  /// that does not die.
  void kill_overdue(clock::time_point now);

private:
  std::vector<child> children_;
};

} // namespace troupe::guard
