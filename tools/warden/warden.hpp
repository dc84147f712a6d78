#pragma once

namespace troupe::guard {

/// Guards the shims: forks one for each request on `socket`, and kills what a
/// dead one leaves. Returns when the host is gone (the socket's end, or its
/// pidfd `host`) and nothing is left.
void run_warden(int socket, int host);

} // namespace troupe::guard
