#pragma once

namespace troupe {

/// Marks every descriptor from `first` on as close-on-exec. Makes system calls
/// only, so it may be used after a vfork. Used by host, warden and shim.
void close_on_exec_from(unsigned first);

/// Marks every descriptor from `first` on as close-on-exec without
/// close_range(2), for Linux before 5.11: one by one, as /proc lists them.
void close_on_exec_each(unsigned first);

} // namespace troupe
