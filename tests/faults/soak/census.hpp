#pragma once

#include "troupe/actors/caf.hpp"

#include <string>

#include <sys/types.h>

namespace troupe::soak {

/// What exists of this process's runtimes, counted by the kernel and, for
/// actors, by CAF: never by our own books.
struct census {
  size_t servers = 0;  ///< processes with our mark
  size_t children = 0; ///< of this process, which has none for long
  size_t zombies = 0;
  /// Wardens, shims and sweepers: they hold a pidfd of this process.
  size_t guards = 0;
  size_t descriptors = 0;
  size_t warden_descriptors = 0;
  size_t threads = 0;
  size_t actors = 0;
};

census take_census(caf::actor_system& system);

/// What is more or less than it was, in words; empty where nothing is.
std::string difference(const census& was, const census& is);

/// Looks again and again until nothing differs, at most 20 s; what still does.
std::string settled_difference(caf::actor_system& system, const census& was);

/// The warden's process, found by its name, as it is no child of ours; 0 while
/// no warden runs.
pid_t warden_pid();

/// What this process has of the machine's memory, in KiB, after it gave back
/// what it does not use.
size_t resident_kib();

/// Makes one leak of each sort that a census counts, and looks whether it is
/// reported. What was not seen, in words; else empty.
std::string blind_spots(caf::actor_system& system);

} // namespace troupe::soak
