#pragma once

#include "troupe/messages/config/redactor.hpp"
#include "troupe/transports/transport.hpp"

namespace troupe {

/// Wraps a transport so that its faults, reports and diagnostics show no hidden
/// value. Frames stay as they are: the client redacts what it shows of them,
/// with the same redactor.
transport_ptr make_redacted(transport_ptr inner, redactor_ptr hidden);

} // namespace troupe
