#pragma once

#include "troupe/transports/guard/process_mark.hpp"

#include <span>

/// The second line: processes that outlived all their guards are known by the
/// mark in their environment. Meant for a process of its own: it takes as
/// long as there are processes to look at.
namespace troupe::guard {

/// Which servers of one link live under a shim.
struct sweep_order {
  process_identity host;
  uint64_t link = 0;
  uint64_t horizon = 0;              ///< numbers from here on are too young
  std::span<const uint64_t> guarded; ///< sorted
};

/// Kills what belongs to the link and to no living shim. Returns how many.
uint32_t sweep_own(const sweep_order& order);

/// Continues the guards of a host that is certainly gone. Kills what belongs to
/// it and is still there after `defaults::stray_grace`, which is the time of
/// its shims: servers, and guards that were stopped again.
uint32_t sweep_foreign(const process_identity& self);

} // namespace troupe::guard
