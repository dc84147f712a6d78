#pragma once

#include "messages/commands.hpp"

/// The ids of the messages of this folder, a line each, sorted. Only types of
/// our own: an id for a standard type would clash with an embedder's. Further
/// blocks begin at `caf::id_block::troupe::end`.
CAF_BEGIN_TYPE_ID_BLOCK(troupe, caf::first_custom_type_id)

  CAF_ADD_TYPE_ID(troupe, (troupe::actor_status))
  CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::apply_result>) )
  CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::call_tool_result>) )
  CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::client_status>) )
  CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::stop_all_report>) )
  CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::stop_report>) )
  CAF_ADD_TYPE_ID(troupe, (troupe::answer<troupe::tool_list>) )
  CAF_ADD_TYPE_ID(troupe, (troupe::apply_result))
  CAF_ADD_TYPE_ID(troupe, (troupe::apply_servers))
  CAF_ADD_TYPE_ID(troupe, (troupe::call_progress))
  CAF_ADD_TYPE_ID(troupe, (troupe::call_tool))
  CAF_ADD_TYPE_ID(troupe, (troupe::call_tool_of))
  CAF_ADD_TYPE_ID(troupe, (troupe::call_tool_result))
  CAF_ADD_TYPE_ID(troupe, (troupe::cancel_call))
  CAF_ADD_TYPE_ID(troupe, (troupe::client_event))
  CAF_ADD_TYPE_ID(troupe, (troupe::client_status))
  CAF_ADD_TYPE_ID(troupe, (troupe::close_client))
  CAF_ADD_TYPE_ID(troupe, (troupe::close_of))
  CAF_ADD_TYPE_ID(troupe, (troupe::diagnostic))
  CAF_ADD_TYPE_ID(troupe, (troupe::ensure_ready))
  CAF_ADD_TYPE_ID(troupe, (troupe::ensure_ready_of))
  CAF_ADD_TYPE_ID(troupe, (troupe::failure))
  CAF_ADD_TYPE_ID(troupe, (troupe::get_status))
  CAF_ADD_TYPE_ID(troupe, (troupe::get_tree))
  CAF_ADD_TYPE_ID(troupe, (troupe::list_tools))
  CAF_ADD_TYPE_ID(troupe, (troupe::list_tools_of))
  CAF_ADD_TYPE_ID(troupe, (troupe::observe))
  CAF_ADD_TYPE_ID(troupe, (troupe::open_client))
  CAF_ADD_TYPE_ID(troupe, (troupe::reload))
  CAF_ADD_TYPE_ID(troupe, (troupe::reload_of))
  CAF_ADD_TYPE_ID(troupe, (troupe::server_spec))
  CAF_ADD_TYPE_ID(troupe, (troupe::stop_all))
  CAF_ADD_TYPE_ID(troupe, (troupe::stop_all_report))
  CAF_ADD_TYPE_ID(troupe, (troupe::stop_report))
  CAF_ADD_TYPE_ID(troupe, (troupe::tool))
  CAF_ADD_TYPE_ID(troupe, (troupe::tool_list))
  CAF_ADD_TYPE_ID(troupe, (troupe::tree_status))

CAF_END_TYPE_ID_BLOCK(troupe)
