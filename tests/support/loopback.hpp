#pragma once

#include <cstdint>
#include <netinet/in.h>

namespace troupe {

/// 127.0.0.1; port 0: any.
sockaddr_in loopback(uint16_t port);

/// A socket that is connected with the listener at that port of 127.0.0.1.
int connect_to(uint16_t port);

/// Brings bytes from one socket to the other and back, until one ends.
void relay(int a, int b);

} // namespace troupe
