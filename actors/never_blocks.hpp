#pragma once

namespace troupe {

/// Base of actors none of whose handlers holds its thread for long: they go on
/// where agents hold every thread (`scheduler_choice::troupe`).
struct never_blocks {
  virtual ~never_blocks() = default;
};

} // namespace troupe
