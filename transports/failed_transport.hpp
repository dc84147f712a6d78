#pragma once

#include "troupe/messages/failure.hpp"
#include "troupe/transports/transport.hpp"

namespace troupe {

/// A transport that cannot even begin: reports why, like a start that failed.
transport_ptr make_failed_transport(failure why);

} // namespace troupe
