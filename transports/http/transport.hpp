#pragma once

#include "troupe/messages/server_spec.hpp"
#include "troupe/transports/credentials.hpp"
#include "troupe/transports/transport.hpp"

namespace troupe {

class http_pool;

/// A server that is reached by HTTP: each frame is a request of its own, and
/// frames come in its response (MCP, Streamable HTTP, and HTTP+SSE before it).
///
/// - It is up at once: it connects only when there is something to send.
/// - Frames are pushed with an `exchange_order`; without one they are refused
///   with `invalid_argument`. Order is kept within an exchange alone.
/// - `on_exchange` comes on several threads, those of one exchange in order.
/// - It never ends by itself: every fault is one exchange's.
/// - `stop` ends all exchanges at once. Where the server gave a session, it is
///   then told to end it, within `defaults::farewell_timeout`.
///
/// `spec`: with all variables resolved. `credentials`: bound to the origin of
/// `spec.url`; may be null.
transport_ptr make_http_transport(std::shared_ptr<http_pool> pool,
                                  const server_spec& spec,
                                  credential_source_ptr credentials);

} // namespace troupe
