#pragma once

#include "troupe/actors/input_handlers.hpp"
#include "troupe/actors/interfaces.hpp"
#include "troupe/messages/known_dialect.hpp"
#include "troupe/messages/shared_spec.hpp"
#include "troupe/transports/transport.hpp"

/// What the actors of Troupe say to each other. Who takes which of them stands
/// in interfaces.hpp.
namespace troupe {

// -- supervisor <-> registry --------------------------------------------------

/// Makes a client for this spec and keeps one alive until `remove_child`.
struct add_child {
  shared_spec spec;
};

TROUPE_INSPECT(add_child, spec)

template <>
struct result_of_request<add_child> {
  using type = client_ref;
};

/// A client died of a bug; here is the next one, for the same spec.
struct child_replaced {
  client_ref child;
};

TROUPE_INSPECT(child_replaced, child)

/// A transport of that server has ended, and something of it may be left.
struct unclean_end {
  std::string name;
  stop_report how;
};

TROUPE_INSPECT(unclean_end, name, how)

// -- client that has ended -> registry ----------------------------------------

/// What an agent has sent to a client that has ended, for the client that its
/// server has now. Holds any message: it never leaves the process.
struct redirected {
  std::string server;
  caf::actor_addr from; ///< the client that has ended
  failure otherwise;    ///< the answer where there is no other client
  caf::message what;
};

// -- registry -> client -------------------------------------------------------

/// Clients that end from now on do so because the runtime stops.
struct runtime_stopping {};

TROUPE_INSPECT(runtime_stopping)

// -- client <-> supervisor ----------------------------------------------------

enum class start_reason : uint8_t {
  commanded = 0, ///< connect, reload, apply
  call,          ///< a call to a degraded server
  retry_mute,    ///< the server ended when it was probed: no probe this time
  recreated,     ///< its client has died: counts as a failure of the server
  authorized,    ///< its source of credentials has new ones
};

TROUPE_INSPECT_ENUM(start_reason)

/// The client wants a transport. Answered by `start_granted`, or by
/// `start_verdict` where it must wait or give up.
struct start_requested {
  std::string name;
  start_reason why = start_reason::commanded;
  shared_spec spec;
  uint64_t spec_version = 0; ///< counted up by the client with each new spec
  uint64_t met = 0;          ///< the last incarnation that it was granted
};

TROUPE_INSPECT(start_requested, name, why, spec, spec_version, met)

/// Here is a transport, not opened yet, linked to the client. It may cross a
/// request with a newer spec: then the client stops it, and the next one
/// follows.
struct start_granted {
  uint64_t incarnation = 0;
  uint64_t restarts = 0;
  transport_handle transport;
  uint64_t spec_version = 0; ///< of the spec that it was made for
  /// The dialect that others have learnt at its origin; `unknown`: none has.
  known_dialect known = known_dialect::unknown;
};

TROUPE_INSPECT(start_granted, incarnation, restarts, transport, spec_version,
               known)

/// The start is queued at the gate, and why. Sent as soon as it is so, and
/// again when the reason changes; `start_granted` or `start_verdict` ends it.
struct start_queued {
  failure why;
};

TROUPE_INSPECT(start_queued, why)

/// What the supervisor decided after a failure.
struct start_verdict {
  /// backoff, degraded or failed
  phase next = phase::backoff;
  milliseconds delay{0}; ///< until the next try; 0: none is planned
  failure why;
  uint64_t incarnation = 0; ///< whose end it judges; 0: a start was put off
};

TROUPE_INSPECT(start_verdict, next, delay, why, incarnation)

/// The client wants no transport any more. Answered with `start_cancelled`; a
/// `start_granted` that crosses it comes before.
struct start_withdrawn {
  std::string name;
};

TROUPE_INSPECT(start_withdrawn, name)

struct start_cancelled {
  /// How the last transport of that name ended: a client that follows one that
  /// died has not seen it. Empty where there was none.
  std::vector<stop_report> last;
};

TROUPE_INSPECT(start_cancelled, last)

/// The server gave a valid answer to the handshake.
struct incarnation_ready {
  std::string name;
  uint64_t incarnation = 0;
};

TROUPE_INSPECT(incarnation_ready, name, incarnation)

/// It will not become ready; its end may take long. Its start slot is free for
/// others at once.
struct incarnation_failed {
  std::string name;
  uint64_t incarnation = 0;
};

TROUPE_INSPECT(incarnation_failed, name, incarnation)

/// The server was asked which dialect it speaks: others at its origin need not
/// ask. `unknown`: what was known there is wrong.
struct dialect_learnt {
  std::string name;
  uint64_t incarnation = 0;
  known_dialect what = known_dialect::unknown;
};

TROUPE_INSPECT(dialect_learnt, name, incarnation, what)

/// A source of credentials has new ones for its origin. To the supervisor, and
/// from there to the clients that this may concern.
struct credentials_changed {
  std::string origin;
};

TROUPE_INSPECT(credentials_changed, origin)

/// The server answered a request after the handshake.
struct incarnation_proven {
  std::string name;
  uint64_t incarnation = 0;
};

TROUPE_INSPECT(incarnation_proven, name, incarnation)

/// The client ends for good: it is not to be made anew.
struct remove_child {
  std::string name;
};

TROUPE_INSPECT(remove_child, name)

/// The supervisor to itself: a backoff is over.
struct restart_due {
  std::string name;
  uint64_t epoch = 0;
};

TROUPE_INSPECT(restart_due, name, epoch)

/// The client is to use another handler for requests of its server.
struct new_input_handler {
  input_handler handler;
};

TROUPE_INSPECT(new_input_handler, handler)

// -- client <-> transport -----------------------------------------------------

/// The client is ready for its messages: connect.
struct open_transport {};

TROUPE_INSPECT(open_transport)

/// Ends the connection: by close, by reload, or because the session failed.
struct stop_transport {
  errc why = errc::none;
  std::string text;
};

TROUPE_INSPECT(stop_transport, why, text)

/// Holds a pointer: it never leaves the process.
struct transport_up {
  uint64_t incarnation = 0;
  transport_listener::up link;
};

struct inbound_frames {
  uint64_t incarnation = 0;
  std::vector<std::string> frames;
  /// Empty lines that came besides and were dropped.
  uint64_t empty_lines = 0;
};

TROUPE_INSPECT(inbound_frames, incarnation, frames, empty_lines)

/// Like `inbound_frames`, where each frame travels in an HTTP request.
struct inbound_exchange {
  uint64_t incarnation = 0;
  exchange_news news;
};

TROUPE_INSPECT(inbound_exchange, incarnation, news)

struct transport_fault {
  uint64_t incarnation = 0;
  errc why = errc::none;
  std::string text;
};

TROUPE_INSPECT(transport_fault, incarnation, why, text)

struct transport_remark {
  uint64_t incarnation = 0;
  diagnostic::kind what = diagnostic::kind::stderr_line;
  std::string text;
};

TROUPE_INSPECT(transport_remark, incarnation, what, text)

/// The last message of a transport, before its actor ends with the same report
/// as its exit reason.
struct transport_ended {
  stop_report report;
  std::vector<uint64_t> unsent;
};

TROUPE_INSPECT(transport_ended, report, unsent)

/// The client to itself: a deadline has come.
struct client_tick {
  uint64_t epoch = 0;
};

TROUPE_INSPECT(client_tick, epoch)

/// The client to itself: a list is to be searched further for hidden values.
struct words_due {};

TROUPE_INSPECT(words_due)

// -- everyone -> monitor ------------------------------------------------------

struct member_joined {
  std::string name; ///< the server's; empty for actors that are no client
  caf::actor who;
};

TROUPE_INSPECT(member_joined, name, who)

struct member_left {
  std::string name;
  caf::actor_addr who;
};

TROUPE_INSPECT(member_left, name, who)

/// A function of the embedder's, called on a thread of the pool, has returned.
struct callback_returned {
  bool threw = false;
};

TROUPE_INSPECT(callback_returned, threw)

} // namespace troupe
