#pragma once

#include "troupe/build.hpp"
#include "troupe/messages/requests.hpp"

/// The ids of the messages of this folder, a line each, sorted. Only types of
/// our own: an id for a standard type would clash with an embedder's. The ids
/// of actors/type_ids.hpp follow.
static_assert(TROUPE_FIRST_TYPE_ID
                  >= static_cast<int>(caf::first_custom_type_id)
                && TROUPE_FIRST_TYPE_ID <= 60000,
              "TROUPE_FIRST_TYPE_ID must leave CAF its own ids below, and room "
              "for ours above");

CAF_BEGIN_TYPE_ID_BLOCK(troupe,
                        static_cast<caf::type_id_t>(TROUPE_FIRST_TYPE_ID))

CAF_ADD_TYPE_ID(troupe, (troupe::actor_status))
CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::actor_status>))
CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::apply_result>))
CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::client_status>))
CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::input_result>))
CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::stop_all_report>))
CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::stop_report>))
CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::tree_status>))
CAF_ADD_TYPE_ID(troupe, (troupe::apply_result))
CAF_ADD_TYPE_ID(troupe, (troupe::apply_servers))
CAF_ADD_TYPE_ID(troupe, (troupe::call_progress))
CAF_ADD_TYPE_ID(troupe, (troupe::cancel_call))
CAF_ADD_TYPE_ID(troupe, (troupe::client_event))
CAF_ADD_TYPE_ID(troupe, (troupe::client_status))
CAF_ADD_TYPE_ID(troupe, (troupe::diagnostic))
CAF_ADD_TYPE_ID(troupe, (troupe::failure))
CAF_ADD_TYPE_ID(troupe, (troupe::get_status))
CAF_ADD_TYPE_ID(troupe, (troupe::get_tree))
CAF_ADD_TYPE_ID(troupe, (troupe::observe))
CAF_ADD_TYPE_ID(troupe, (troupe::open_client))
CAF_ADD_TYPE_ID(troupe, (troupe::prompt))
CAF_ADD_TYPE_ID(troupe, (troupe::resource))
CAF_ADD_TYPE_ID(troupe, (troupe::resource_template))
CAF_ADD_TYPE_ID(troupe, (troupe::server_request))
CAF_ADD_TYPE_ID(troupe, (troupe::server_request_cancelled))
CAF_ADD_TYPE_ID(troupe, (troupe::server_spec))
CAF_ADD_TYPE_ID(troupe, (troupe::stop_all))
CAF_ADD_TYPE_ID(troupe, (troupe::stop_all_report))
CAF_ADD_TYPE_ID(troupe, (troupe::stop_report))
CAF_ADD_TYPE_ID(troupe, (troupe::tool))
CAF_ADD_TYPE_ID(troupe, (troupe::tree_status))
CAF_ADD_TYPE_ID(troupe, (troupe::unobserve))

CAF_ADD_TYPE_ID(troupe, (troupe::by_name<troupe::cancel_call>))
CAF_ADD_TYPE_ID(troupe, (troupe::by_name<troupe::get_status>))

// Ids of the requests, of their results, and of their `by_name` forms.
#define TROUPE_ID(message)                                                     \
  CAF_ADD_TYPE_ID(troupe, (troupe::message))                                   \
  CAF_ADD_TYPE_ID(troupe, (troupe::by_name<troupe::message>))
#define TROUPE_ROW(message, result, ...)                                       \
  TROUPE_ID(message)                                                           \
  CAF_ADD_TYPE_ID(troupe, (troupe::result))                                    \
  CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::result>))
#define TROUPE_COMMAND(message, result) TROUPE_ID(message)
TROUPE_REQUESTS(TROUPE_ROW)
TROUPE_LISTS(TROUPE_ROW)
TROUPE_COMMANDS(TROUPE_COMMAND)
#undef TROUPE_COMMAND
#undef TROUPE_ROW
#undef TROUPE_ID

CAF_END_TYPE_ID_BLOCK(troupe)
