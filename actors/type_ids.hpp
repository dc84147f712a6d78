#pragma once

#include "troupe/actors/interfaces.hpp"
#include "troupe/messages/type_ids.hpp"

/// The ids of the messages between actors; those of `messages/` come first.
CAF_BEGIN_TYPE_ID_BLOCK(troupe_actors, caf::id_block::troupe::end)

CAF_ADD_TYPE_ID(troupe_actors, (troupe::add_child))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::answer<troupe::client_ref>))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::callback_returned))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::child_replaced))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::client_ref))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::client_tick))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::credentials_changed))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::dialect_learnt))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::find_client))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::inbound_exchange))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::inbound_frames))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::incarnation_failed))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::incarnation_proven))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::incarnation_ready))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::member_joined))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::member_left))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::new_input_handler))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::observe_diagnostics))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::open_transport))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::remove_child))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::restart_due))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::runtime_stopping))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::set_input_handler))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::start_cancelled))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::start_granted))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::start_queued))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::start_requested))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::start_verdict))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::start_withdrawn))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::stop_transport))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::transport_ended))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::transport_fault))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::transport_remark))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::unclean_end))
CAF_ADD_TYPE_ID(troupe_actors, (troupe::words_due))

CAF_END_TYPE_ID_BLOCK(troupe_actors)

/// What never leaves the process. CAF 1.x wants an id for these too.
CAF_BEGIN_TYPE_ID_BLOCK(troupe_local, caf::id_block::troupe_actors::end)

CAF_ADD_TYPE_ID(troupe_local, (troupe::redirected))
CAF_ADD_TYPE_ID(troupe_local, (troupe::transport_up))

CAF_END_TYPE_ID_BLOCK(troupe_local)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::redirected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::transport_up)
