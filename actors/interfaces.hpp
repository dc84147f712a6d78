#pragma once

#include "troupe/actors/caf.hpp"
#include "troupe/actors/input_handlers.hpp"
#include "troupe/messages/requests.hpp"

/// The map of the system: which actor takes which message, and what it answers.
/// Actors know each other by this header and internal_messages.hpp, and by
/// handles (`handle_of`) that refuse at compile time what their actor does not
/// take.
///
/// Every request is answered with an `answer<T>`, T being its `result_of`, and
/// every failure is a `failure` in it, also when the actor's mailbox is full,
/// its handler threw, it does not take that message, or it has ended. A
/// `caf::error`, from which `failure_of` gets a `failure`, comes for messages
/// that are not ours, and from CAF itself: the timeout of `ask` was over, the
/// handle was empty, or the actor ended in the very moment of asking.
namespace troupe {

class client;
class event_callbacks;
class monitor;
class registry;
class supervisor;
class transport_actor;

using client_handle = handle_of<client>;
using event_callbacks_handle = handle_of<event_callbacks>;
using monitor_handle = handle_of<monitor>;
using registry_handle = handle_of<registry>;
using supervisor_handle = handle_of<supervisor>;
using transport_handle = handle_of<transport_actor>;

// Between actors (internal_messages.hpp).
struct add_child;
struct callback_returned;
struct child_replaced;
struct client_tick;
struct credentials_changed;
struct dialect_learnt;
struct inbound_exchange;
struct inbound_frames;
struct incarnation_failed;
struct incarnation_proven;
struct incarnation_ready;
struct member_joined;
struct member_left;
struct new_input_handler;
struct open_transport;
struct redirected;
struct remove_child;
struct restart_due;
struct runtime_stopping;
struct start_cancelled;
struct start_granted;
struct start_queued;
struct start_requested;
struct start_verdict;
struct start_withdrawn;
struct stop_transport;
struct transport_ended;
struct transport_fault;
struct transport_remark;
struct transport_up;
struct unclean_end;
struct words_due;

// Of agents, below.
struct find_client;
struct observe_diagnostics;

#define TROUPE_TAKEN(message, ...) message,
#define TROUPE_TAKEN_BY_NAME(message, ...) by_name<message>,

/// One for each server (actors/client/client.hpp). Its requests and lists fail
/// with any `errc` of a call; `ensure_ready` and `reload` with the reason why
/// it is not ready; `close_client` never.
template <>
struct interface_of<client> {
  using status = client_status;
  using takes =
    message_list<TROUPE_REQUESTS(TROUPE_TAKEN) TROUPE_LISTS(TROUPE_TAKEN)
                   TROUPE_COMMANDS(TROUPE_TAKEN) get_status,
                 cancel_call, // not answered
                 // Internal: from its supervisor,
                 start_granted, start_queued, start_verdict, start_cancelled,
                 credentials_changed, new_input_handler,
                 // from the registry,
                 runtime_stopping,
                 // from its transport,
                 transport_up, inbound_frames, inbound_exchange,
                 transport_fault, transport_remark, transport_ended,
                 // from itself.
                 client_tick, words_due>;
};

/// The owner of one connection, linked to its client
/// (actors/supervision/transport_actor.hpp).
template <>
struct interface_of<transport_actor> {
  using status = actor_status;
  using takes = message_list<get_status,
                             // Internal: from its client,
                             open_transport, stop_transport,
                             // from the thread of its transport.
                             transport_up, transport_fault, transport_remark,
                             transport_ended>;
};

/// Starts and restarts (actors/supervision/supervisor.hpp). `add_child` fails
/// with `invalid_argument` where the name is taken.
template <>
struct interface_of<supervisor> {
  using status = actor_status;
  using takes = message_list<get_status,
                             // Internal: from the registry,
                             add_child, set_input_handler,
                             // from clients,
                             start_requested, start_withdrawn,
                             incarnation_ready, incarnation_failed,
                             incarnation_proven, dialect_learnt, remove_child,
                             // from a source of credentials, and from itself.
                             credentials_changed, restart_due>;
};

/// The door for agents: clients by name (actors/supervision/registry.hpp). What
/// is asked by name is answered by that client, or fails with `unknown_server`;
/// a `reload` that brings a spec opens a server that is closed. `open_client`
/// fails with `invalid_spec`, `closed`, or `invalid_argument` where the name is
/// taken; `find_client` with `unknown_server`. After `stop_all` it, and each
/// client that was closed by it, answers `runtime_stopped`, also when they have
/// ended.
template <>
struct interface_of<registry> {
  using status = actor_status;
  using takes = message_list<
    TROUPE_REQUESTS(TROUPE_TAKEN_BY_NAME) TROUPE_LISTS(TROUPE_TAKEN_BY_NAME)
      TROUPE_COMMANDS(TROUPE_TAKEN_BY_NAME) get_status,
    by_name<get_status>, apply_servers, open_client, find_client, stop_all,
    by_name<cancel_call>, set_input_handler, // not answered
    // Internal: from the supervisor,
    child_replaced, unclean_end,
    // from clients that have ended.
    redirected>;
};

/// Tells what happens (actors/supervision/monitor.hpp). `observe` and
/// `observe_diagnostics` are not answered: their sender gets each
/// `client_event` from then on, and in the second case, or where it is on
/// `actor_base`, each `diagnostic`; `unobserve` ends that.
template <>
struct interface_of<monitor> {
  using status = actor_status;
  using takes =
    message_list<get_status, get_tree, observe, observe_diagnostics, unobserve,
                 // Internal: from all others.
                 client_event, diagnostic, member_joined, member_left>;
};

/// Passes events to functions of the embedder's
/// (actors/supervision/event_callbacks.hpp).
template <>
struct interface_of<event_callbacks> {
  using status = actor_status;
  using takes = message_list<get_status,
                             // Internal: from the monitor,
                             client_event, diagnostic,
                             // from the thread of its function.
                             callback_returned>;
};

#undef TROUPE_TAKEN
#undef TROUPE_TAKEN_BY_NAME

// An input handler is the embedder's (actors/input_handlers.hpp): it takes
// `server_request`, answered with `answer<input_result>`, where any failure
// refuses it, and `server_request_cancelled`. Where it ends, or answers with
// another type or the result of another kind of request, a diagnostic
// `embedder_fault` and, where it ends, an event say so.

/// The handle to a server's client. It names the server: it serves through
/// every restart of the transport and, once this client has ended (it was
/// closed, it crashed), passes what is sent on to the client that the server
/// has then. Only `close_client` is for this client alone.
struct client_ref {
  std::string name;
  client_handle handle;
};

TROUPE_INSPECT(client_ref, name, handle)

/// Asks the registry for a client by name.
struct find_client {
  std::string name;
};

TROUPE_INSPECT(find_client, name)

template <>
struct result_of_request<find_client> {
  using type = client_ref;
};

template <>
struct result_of_request<open_client> {
  using type = client_ref;
};

/// Like `observe`, and each `diagnostic` as well. CAF prints to stdout what an
/// actor gets and does not handle: one that is not on `actor_base` must ask for
/// diagnostics by name, and have a handler for them.
struct observe_diagnostics {};

TROUPE_INSPECT(observe_diagnostics)

} // namespace troupe
