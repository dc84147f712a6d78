#pragma once

#include "troupe/messages/failure.hpp"
#include "troupe/transports/transport.hpp"

namespace troupe {

/// One that cannot even begin: it says why, as a start that failed would.
transport_ptr make_failed_transport(failure why);

} // namespace troupe
