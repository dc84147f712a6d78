#pragma once

#include <cstdint>

namespace troupe {

/// Continues a guard that was stopped. `pidfd` is that of the process `pid`.
///
/// A guard that is traced by a process it guards itself (a server of its own)
/// is freed by killing that tracer: no signal but KILL gets through to it.
/// Another tracer, such as a person's debugger, is left alone. Used by host,
/// warden and shim.
void wake_guard(int32_t pid, int pidfd);

/// Whether `pid` was started by `ancestor`, at any depth, as far as the
/// kernel's tree still shows it.
bool descends_from(int32_t pid, int32_t ancestor);

} // namespace troupe
