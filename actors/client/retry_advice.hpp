#pragma once

#include "troupe/messages/client_status.hpp"
#include "troupe/messages/failure.hpp"

namespace troupe {

/// Says in a client's failure when to ask again (`failure::retry_after`), and
/// whether a person is needed first, where that is known and not said yet.
/// `now`: the client's phase. `next_try`: until it tries its server again; 0
/// where no try is planned. Pure.
failure with_retry_advice(failure x, phase now,
                          std::chrono::milliseconds next_try);

} // namespace troupe
