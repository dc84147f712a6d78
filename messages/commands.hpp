#pragma once

#include "troupe/messages/arguments.hpp"
#include "troupe/messages/client_status.hpp"
#include "troupe/messages/failure.hpp"
#include "troupe/messages/offers.hpp"
#include "troupe/messages/server_requests.hpp"
#include "troupe/messages/server_spec.hpp"
#include "troupe/messages/shared_spec.hpp"

/// Requests to clients and to the registry. `actors/interfaces.hpp` says which
/// actor takes what, and with which errors.
namespace troupe {

// -- requests to a client -----------------------------------------------------

/// Runs a tool. Answered with `answer<call_tool_result>`, always, and before
/// the call's total deadline: the request itself needs no timeout.
struct call_tool {
  std::string name;
  troupe::arguments arguments;
  /// Chosen by the caller, unique among its calls under way: `call_progress`
  /// and `cancel_call` name it. 0: the caller wants neither.
  uint64_t tag = 0;
  /// Silence after which the call is given up, and the limit for the whole
  /// call. 0: as in `server_timeouts`; these defaults are paused while the
  /// server's start is queued (`ready_wait_max`).
  milliseconds idle_timeout{0};
  milliseconds total_timeout{0};
  /// Added to the request's `_meta`; null or an object.
  json meta;
};

TROUPE_INSPECT(call_tool, name, arguments, tag, idle_timeout, total_timeout,
               meta)

/// As for the requests in offers.hpp. Its arguments are its params.
std::string fault_of(const call_tool& x);

template <class F>
void for_each_name(call_tool& x, F f) {
  f(offer_kind::tools, x.name);
}

/// Ends the sender's call of that tag: it is answered with `cancelled`, the
/// server is told, and its late answer is dropped. Unknown tags are ignored.
struct cancel_call {
  uint64_t tag = 0;
};

TROUPE_INSPECT(cancel_call, tag)

/// Sent to the caller while its call runs (MCP: notifications/progress).
struct call_progress {
  uint64_t tag = 0;
  double progress = 0;
  double total = 0; ///< 0 where unknown
  std::string message;
};

TROUPE_INSPECT(call_progress, tag, progress, total, message)

/// Lists all tools. Answered with `answer<tool_list>`: from the catalog if it
/// has the list (marked `stale` while the server is away), else from the
/// server.
struct list_tools {
  /// Ask the server even if the catalog is known.
  bool refresh = false;
};

TROUPE_INSPECT(list_tools, refresh)

/// Answered with `answer<client_status>` when the client is ready. Starts it if
/// needed, or joins the start attempt under way or due; fails when that fails.
struct ensure_ready {
  /// 0: the server's `ready` timeout and time to clean up a failed start; this
  /// default is paused while the start is queued (`ready_wait_max`).
  milliseconds timeout{0};
};

TROUPE_INSPECT(ensure_ready, timeout)

/// Ends the connection, once calls in flight have finished or `timeouts.drain`
/// is over, and starts the server again. By name and with a spec, it also opens
/// a server that was closed. Answered with `answer<client_status>` when the
/// next incarnation is ready, else with the reason, in time.
struct reload {
  milliseconds timeout{0};
  /// Empty: the spec stays. A lazy server that was not used yet takes a new
  /// spec and still starts on its first use: the reload is then answered at
  /// once.
  std::vector<shared_spec> spec;
};

TROUPE_INSPECT(reload, timeout, spec)

/// Ends the client: calls in flight are answered, the server is stopped, and
/// nothing of it is left. Taken in every phase. Answered with
/// `answer<stop_report>`: the proof.
struct close_client {
  /// How long calls in flight may go on before they are ended. 0: not at all.
  milliseconds drain{0};
};

TROUPE_INSPECT(close_client, drain)

/// Every actor answers: a client with `answer<client_status>`, the others with
/// `answer<actor_status>`.
struct get_status {};

TROUPE_INSPECT(get_status)

/// The status of any actor but a client.
struct actor_status {
  std::string kind;
  uint64_t id = 0;
  uint64_t mailbox_depth = 0;
  /// A sentence.
  std::string text;
};

TROUPE_INSPECT(actor_status, kind, id, mailbox_depth, text)

// -- requests to the registry -------------------------------------------------

/// Sets the desired set of servers: starts new ones in parallel, stops those
/// that are gone in parallel, and leaves unchanged ones alone. Answered at once
/// with `answer<apply_result>`; the work goes on.
struct apply_servers {
  std::vector<server_spec> servers;
};

TROUPE_INSPECT(apply_servers, servers)

struct apply_result {
  std::vector<std::string> started;
  std::vector<std::string> stopped;
  std::vector<std::string> replaced;
  std::vector<std::string> unchanged;
  /// Specs that cannot be used, each `name: reason`; the others are applied.
  std::vector<std::string> refused;
};

TROUPE_INSPECT(apply_result, started, stopped, replaced, unchanged, refused)

/// Adds one server without touching the others. Answered with
/// `answer<client_ref>`.
struct open_client {
  server_spec spec;
};

TROUPE_INSPECT(open_client, spec)

/// Asks for the whole tree. A client that does not answer within
/// `defaults::status_timeout` is shown with its last known status. Answered
/// with `answer<tree_status>`.
struct get_tree {};

TROUPE_INSPECT(get_tree)

struct tree_status {
  std::vector<client_status> clients;
  std::vector<actor_status> actors;
  std::chrono::milliseconds uptime{0};
  int32_t warden_pid = 0;
  uint64_t warden_restarts = 0;
};

TROUPE_INSPECT(tree_status, clients, actors, uptime, warden_pid,
               warden_restarts)

/// Stops every client in parallel and then the registry. Answered with
/// `answer<stop_all_report>` within `defaults::stop_all_timeout`, or where a
/// server has a longer `stop_grace`, within two of them and
/// `defaults::guard_answer_margin`.
struct stop_all {};

TROUPE_INSPECT(stop_all)

struct stop_all_report {
  /// The servers that were running, then those with earlier unclean ends.
  std::vector<std::string> names;
  std::vector<stop_report> reports; ///< one for each name
  uint64_t earlier = 0;             ///< how many at the end of both are earlier
  /// Whether nothing is left of any server that ever ran.
  bool clean = false;
};

TROUPE_INSPECT(stop_all_report, names, reports, earlier, clean)

/// From now on the sender gets every `client_event`.
struct observe {};

TROUPE_INSPECT(observe)

/// Ends what `observe` began.
struct unobserve {};

TROUPE_INSPECT(unobserve)

/// A client's change, in words and values, as it happens.
struct client_event {
  std::string server;
  uint64_t incarnation = 0;
  phase from = phase::idle;
  phase to = phase::idle;
  errc why = errc::none;
  /// For people. Text of servers in it is not escaped.
  std::string text;
  std::chrono::milliseconds next_retry{0};
  int32_t pid = 0;
  stop_report stopped; ///< with `to` stopped, backoff, degraded, failed
};

TROUPE_INSPECT(client_event, server, incarnation, from, to, why, text,
               next_retry, pid, stopped)

/// Something that a server did and that is worth a line, without a change of
/// phase: noise on stdout, a line of stderr, a protocol fault.
struct diagnostic {
  enum class kind : uint8_t {
    stderr_line = 0,
    stdout_noise,
    protocol_fault,
    unkillable,
    server_log,     ///< notifications/message
    start_warning,  ///< a doubt about how its program was found
    throttled,      ///< it sends too much unsolicited: it is read more slowly
    embedder_fault, ///< a callback or a handler of the embedder's failed
  };
  std::string server;
  uint64_t incarnation = 0;
  kind what = kind::stderr_line;
  std::string text;
};

TROUPE_INSPECT_ENUM(diagnostic::kind)
TROUPE_INSPECT(diagnostic, server, incarnation, what, text)

} // namespace troupe
