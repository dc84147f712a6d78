#pragma once

#include "messages/redactor.hpp"
#include "transports/transport.hpp"

namespace troupe {

/// The same transport, whose faults, reports and diagnostics show no hidden
/// value. Frames stay as they are: whoever reads them knows what they are for.
/// `hidden` is read on the transport's own thread, and may grow there until
/// there is something to tell.
transport_ptr make_redacted(transport_ptr inner,
                            std::shared_ptr<const redactor> hidden);

} // namespace troupe
