#pragma once

#include "troupe/transports/guard/process_mark.hpp"

#include <span>

/// The second line of defence: processes that outlived all their guards are
/// found by the mark in their environment. Meant for a process of its own: it
/// takes as long as there are processes to look at.
namespace troupe::guard {

/// The servers of one link that live under a shim.
struct sweep_order {
  process_identity host;
  uint64_t link = 0;
  uint64_t horizon = 0;              ///< numbers from here on started later
  std::span<const uint64_t> guarded; ///< sorted
};

/// Kills servers of the link that no shim guards. Returns how many.
uint32_t sweep_own(const sweep_order& order);

/// Continues the guards of hosts that have certainly ended. Kills what belongs
/// to them and is still there after `defaults::stray_grace`, the time for their
/// shims: servers, and guards that were stopped again.
uint32_t sweep_foreign(const process_identity& self);

} // namespace troupe::guard
