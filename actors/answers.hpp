#pragma once

#include "troupe/actors/caf.hpp"

namespace troupe {

/// The answer to a request that its receiver could not handle: `answer<T>` with
/// `why`, where T is what that request is answered with (interfaces.hpp). Other
/// messages get an error of CAF's, `code`, that carries `why` for `failure_of`.
/// Not for `get_status`, which `actor_base::refused_status` refuses.
caf::message refusal_of(const caf::mailbox_element& request, caf::sec code,
                        failure why);

} // namespace troupe
