#pragma once

#include "troupe/actors/actor_base.hpp"

namespace troupe {

/// The answer to a request that its receiver could not handle: `answer<T>` with
/// `why`, where T is what that request is answered with (interfaces.hpp). Other
/// messages get an error of CAF's, `code`, that carries `why` for `failure_of`.
/// Not for `get_status`, which `actor_base::refused_status` refuses.
caf::message refusal_of(const caf::mailbox_element& request, caf::sec code,
                        failure why);

/// Like `refusal_of`, for what was in the request.
caf::message refusal_of(const caf::message& request, failure why);

/// Whether that message of an agent's to a client that has ended may go to the
/// next client of the same server: requests, lists, `ensure_ready`, `reload`,
/// `get_status` and `cancel_call`. Not `close_client`: who closes by the handle
/// of a server that was closed must not close what others have opened since.
bool may_go_to_successor(const caf::message& x);

} // namespace troupe
