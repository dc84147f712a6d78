#pragma once

#include "troupe/messages/config/redactor.hpp"
#include "troupe/transports/transport.hpp"

namespace troupe {

/// The same transport, whose faults, reports and diagnostics show no hidden
/// value. Frames stay as they are: whoever reads them knows what they are for.
/// The client is given the same redactor for these.
transport_ptr make_redacted(transport_ptr inner, redactor_ptr hidden);

} // namespace troupe
