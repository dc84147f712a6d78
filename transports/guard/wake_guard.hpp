#pragma once

#include <cstdint>

namespace troupe {

/// Has a guard go on that was stopped. `pidfd` is that of the process `pid`.
///
/// One that is held by a tracer it guards itself, a server of its own, is freed
/// by that tracer's death; no signal but KILL gets through to it. A tracer from
/// elsewhere, as a person's debugger, is left alone. Used by host, warden and
/// shim.
void wake_guard(int32_t pid, int pidfd);

/// Whether `pid` was started by `ancestor`, at any depth, as far as the
/// kernel's tree still shows it.
bool descends_from(int32_t pid, int32_t ancestor);

} // namespace troupe
