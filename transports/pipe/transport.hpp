#pragma once

#include "troupe/transports/pipe/server.hpp"
#include "troupe/transports/transport.hpp"

#include <memory>

namespace troupe {

/// Connects to a `pipe_server` in the same process. The transport keeps
/// `server`. Its callbacks run on `pool`, or, without one, on the thread that
/// causes them: of a push, of a start, of an end.
transport_ptr
make_pipe_transport(std::shared_ptr<pipe_server> server,
                    const server_limits& limits = {},
                    std::shared_ptr<callback_pool> pool = nullptr);

} // namespace troupe
