#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every limit, wait and retry of Troupe, with its reason. What a user may want
/// otherwise is an option in `server_spec` or `runtime_options`; these are its
/// defaults.
namespace troupe::defaults {

using namespace std::chrono_literals;

// -- sizes -------------------------------------------------------------------

/// One JSON-RPC message. The largest that other clients take, too.
inline constexpr size_t frame_bytes_max = 16u << 20;
/// Deep enough for any schema seen; shallow enough for any reader's recursion.
inline constexpr size_t json_depth_max = 64;
/// A frame of a million values costs its reader some 100 MB.
inline constexpr size_t json_nodes_max = 1'000'000;
/// Members whose places a parsed text remembers, 20 bytes each: more than any
/// envelope has. What has more is searched in its text.
inline constexpr size_t json_places_max = 64;
/// The last of a server's stderr that is kept for diagnosis.
inline constexpr size_t stderr_ring_bytes = 64u << 10;
/// A line of stderr is cut here before it becomes an event.
inline constexpr size_t stderr_line_bytes_max = 8u << 10;
/// How much of a stray stdout line is shown.
inline constexpr size_t noise_sample_bytes = 200;
/// Lines of stderr that become events; the rest is counted. A screenful.
inline constexpr size_t stderr_lines_per_second = 20;
/// How much of stderr's end goes into the report of a server that failed.
inline constexpr size_t report_stderr_bytes = 2u << 10;
/// Warnings about starts that are not repeated; more are forgotten.
inline constexpr size_t warnings_remembered_max = 256;
/// The server's own words in a remark or a failure are cut here.
inline constexpr size_t remark_bytes_max = 8u << 10;
/// One read from a pipe: the kernel's default pipe holds as much.
inline constexpr size_t read_chunk_bytes = 64u << 10;
/// What the pipe of a server may hold that has moved more than one chunk at
/// once: with more, frames of 1 MiB move no faster.
inline constexpr int wide_pipe_bytes = 256 << 10;
/// What wide pipes may hold together beyond the usual: both pipes of some forty
/// servers, a quarter of what Linux grants one user.
inline constexpr size_t wide_pipes_bytes_max = 16u << 20;
/// Reads or writes of one pipe in a row, before the others have their turn.
inline constexpr int pipe_turns = 4;
/// Frames that one write takes together; more gain nothing measurable.
inline constexpr size_t frames_per_write_max = 32;

// -- configuration -----------------------------------------------------------

/// A configuration file; a thousand servers take less.
inline constexpr size_t config_bytes_max = 1u << 20;
/// Values of variables from this length on are hidden in what servers say:
/// shorter ones stand in any text, and hide nothing worth a guess.
inline constexpr size_t redacted_bytes_min = 8;
/// What is left of one where a text was cut, from this length on: less tells
/// nothing, and stands in any text.
inline constexpr size_t redacted_part_bytes_min = 4;
/// Names stand in tables and in the names of tools.
inline constexpr size_t server_name_bytes_max = 128;
/// A longer time in a specification is taken for a slip of the unit.
inline constexpr auto configured_time_max = 24h;
/// Places in a JSON text are kept in 32 bits; so no frame exceeds a gigabyte.
inline constexpr size_t configured_bytes_max = 1u << 30;
/// Calls and frames that wait: more than one process has memory for.
inline constexpr size_t configured_count_max = 1'000'000;
/// Failures that are remembered for each server.
inline constexpr size_t restart_intensity_max = 1000;

// -- queues ------------------------------------------------------------------

/// Frames that wait for a server's stdin.
inline constexpr size_t outbox_frames_max = 1024;
/// Bytes that wait for a server's stdin: two frames of the largest kind.
inline constexpr size_t outbox_bytes_max = 32u << 20;
/// Frames that an in-process server keeps until they are taken; more wait in
/// the outbox.
inline constexpr size_t pipe_inbox_frames_max = 1024;
/// Frames that were read and that the client has not dealt with: two of the
/// largest kind. Beyond it the server's pipe is not read.
inline constexpr size_t inbound_bytes_max = 32u << 20;
/// What a waiting frame costs besides its text.
inline constexpr size_t inbound_frame_cost = 64;
/// What frames that are told of together cost besides: 1024 such messages fill
/// the window. Requests so find room in the client's mailbox, and soon have
/// their turn; the answers to all calls in flight may come one by one.
inline constexpr size_t inbound_batch_cost = 32u << 10;
/// Calls that a server has not answered yet.
inline constexpr size_t in_flight_max = 256;
/// Calls that wait for a server to become ready.
inline constexpr size_t waiting_calls_max = 1000;
/// Messages in an actor's mailbox before requests are refused.
inline constexpr size_t mailbox_messages_max = 10'000;
/// Events that wait for one slow observer before the oldest are dropped.
inline constexpr size_t events_max = 1024;

// -- what nobody asked for ---------------------------------------------------

/// What a server may say, by the second, that answers no open request:
/// notifications, requests of its own, late answers, noise. Far beyond what
/// servers have reason to say, and a few percent of a core.
inline constexpr size_t unasked_frames_per_second = 10'000;
/// The same in bytes; what comes is charged by both.
inline constexpr size_t unasked_bytes_per_second = 4u << 20;
/// An empty line is charged as so many bytes: it costs less than any frame.
inline constexpr size_t empty_line_bytes = 8;
/// So much of that may come at once after a silence: 100,000 lines of a log,
/// or two frames of the largest kind.
inline constexpr auto unasked_credit_max = 12s;
/// The longest time for which a server is not read: its answers wait meanwhile,
/// and pings must not. A frame of the largest kind is worth no more.
inline constexpr auto unasked_debt_max = 4s;
/// A server counts as throttled until so much credit is back.
inline constexpr auto unasked_credit_regained = 6s;
/// How far a throttled server may be ahead of its client: a pipe's content. So
/// it stops soon when it is not read.
inline constexpr size_t paced_inbound_bytes_max = 256u << 10;
/// Empty lines of a server's stdout are told of in lots: the few that a server
/// prints between its messages are never worth a word.
inline constexpr size_t empty_lines_lot = 4096;
/// Comments of an HTTP stream, and events that are no message, are told of in
/// lots of so many bytes.
inline constexpr size_t idle_bytes_lot = 32u << 10;
/// So much of that is an event's own: its name, its id, the line that ends it.
inline constexpr size_t event_fields_bytes = 256;

// -- hiding ------------------------------------------------------------------

/// What is searched for hidden values in one turn of a thread that serves
/// others: some 0.2 ms. What a server says beyond that in the same turn is cut,
/// or searched in later turns.
inline constexpr size_t searched_bytes_max = 64u << 10;
/// A server's instructions for a model; the largest that were seen have 4 KiB.
inline constexpr size_t instructions_bytes_max = 32u << 10;

// -- listing -----------------------------------------------------------------

inline constexpr size_t list_pages_max = 100;
inline constexpr size_t list_items_max = 10'000;
inline constexpr auto list_timeout = 30s;
/// Cursors of all pages are remembered; no server needs more than this.
inline constexpr size_t cursor_bytes_max = 64u << 10;
/// Between two readings of a list that its server calls changed; doubled, up to
/// the second, while it goes on doing so.
inline constexpr auto refresh_pause = 1s;
inline constexpr auto refresh_pause_max = 60s;

// -- callbacks of the embedder ------------------------------------------------

/// Threads that run callbacks of the embedder: sixteen servers may have both of
/// theirs blocked before another one's callbacks wait.
inline constexpr size_t callback_threads_max = 32;
/// Callbacks of one server that run at a time: one that hangs takes no more
/// threads than these from the others.
inline constexpr size_t callback_threads_of_one_max = 2;
/// Callbacks that wait for a thread. Requests over HTTP under way, each of
/// which asks once at a time, are fewer.
inline constexpr size_t callbacks_waiting_max = 2048;
/// A thread without work ends; credentials are asked for in bursts.
inline constexpr auto callback_thread_idle = 5s;
/// What still runs when a runtime stops may take so long to come back. After
/// that its thread is left alone: a callback cannot be told to end.
inline constexpr auto callback_stop_grace = 1s;
/// Callbacks of one in-process server in a row, before others have their turn.
inline constexpr size_t pipe_callbacks_in_a_row = 32;

// -- starting ----------------------------------------------------------------

/// The exec error pipe answers in under 1 ms; more is a hung file system.
inline constexpr auto exec_timeout = 5s;
/// A start with everything in place.
inline constexpr auto ready_timeout = 30s;
/// npx and its like may have to download first.
inline constexpr auto ready_timeout_launcher = 120s;
inline constexpr auto ready_timeout_max = 300s;
/// So long, at most, does the time of those who wait for a server stand still
/// while its start waits for others: 64 of them, four at a time, each of which
/// takes its 30 s and some to go.
inline constexpr auto ready_wait_max = 600s;
/// Added to the start of each legacy server that is silent on the probe.
inline constexpr auto probe_timeout = 3s;
inline constexpr size_t concurrent_starts = 4;
/// Starts that the warden was asked for and has not begun: bounds the
/// descriptors on their way, which the kernel counts against a user's limit.
inline constexpr size_t spawn_window = 32;
/// Path, arguments and environment of one server: what Linux takes in an exec
/// with the usual stack limit.
inline constexpr size_t launch_bytes_max = 2u << 20;
/// How many arguments and variables they may be.
inline constexpr size_t launch_strings_max = 16u << 10;
/// Starts that a person commanded (connect, reload) per server and minute.
inline constexpr size_t commanded_starts_per_minute = 60;

// -- calls -------------------------------------------------------------------

/// Requests of one server that wait for an answer of ours, and what it may ask
/// for at once before it answers: each may be a question to a person.
inline constexpr size_t server_requests_max = 16;
/// How often a server may ask back before it answers a request.
inline constexpr size_t input_rounds_max = 10;

/// Silence of a call; progress starts it anew.
inline constexpr auto call_idle_timeout = 60s;
/// The whole of a call; nothing extends it.
inline constexpr auto call_total_timeout = 600s;
/// A frame that a server does not take for so long means that it hangs.
inline constexpr auto write_timeout = 30s;

// -- liveness (legacy dialect) -----------------------------------------------

inline constexpr auto ping_after_idle = 30s;
inline constexpr auto ping_timeout = 10s;
inline constexpr size_t ping_misses_max = 2;

// -- http --------------------------------------------------------------------

/// A name is resolved, a connection stands and TLS is agreed on within it.
inline constexpr auto connect_timeout = 10s;
/// Of the body of a refusal: enough for any error, too little to hurt.
inline constexpr size_t refusal_bytes_max = 64u << 10;
/// How long it is believed of a remote server which dialect it speaks: long
/// enough to save questions, short enough to meet a new version within a day's
/// work.
inline constexpr auto era_verdict_time = 1h;
/// Origins of which that is known: more than one process has clients for.
inline constexpr size_t era_verdicts_max = 1024;
/// Before a stream that ended is opened again, where the server names no time.
inline constexpr auto stream_retry = 1s;
/// The longest wait of that kind, whoever names it.
inline constexpr auto stream_retry_max = 60s;
/// A stream that lasted so long was no failure when it ended: proxies cut what
/// was idle for a minute or more, and some servers sooner.
inline constexpr auto stream_lasted = 10s;
/// A cut response is resumed so often without a new event, then it is lost.
inline constexpr size_t resume_tries_max = 3;
/// How long a response may stay open behind the answer that it carried.
inline constexpr auto response_end_timeout = 5s;
/// Requests under way at a time, all clients together; each has a thread.
inline constexpr size_t http_calls_max = 256;
/// Those of one client: servers that hang leave room for the others'.
inline constexpr size_t http_client_calls_max = 64;
/// Responses that are open streams, all clients together; each has a thread.
inline constexpr size_t http_streams_max = 1024;
/// Messages that nobody's call waits for (notifications, answers to the server,
/// pings), all clients together and for one: they are short, and calls that
/// wait for our answers must leave room for these.
inline constexpr size_t http_notes_max = 128;
inline constexpr size_t http_client_notes_max = 8;
/// Sessions that are being ended at servers whose clients have stopped.
inline constexpr size_t http_farewells_max = 64;
/// For the end of a session at its server; nobody needs its answer.
inline constexpr auto farewell_timeout = 2s;
/// A thread without work ends; the next burst of calls comes sooner or not.
inline constexpr auto http_thread_idle = 5s;
/// Of one thread: TLS takes 50 KiB, and the rest is on the heap.
inline constexpr size_t http_stack_bytes = 256u << 10;
/// Connections that wait for their next request, and for how long: common
/// servers close theirs after 5 s. One that names a longer time is believed up
/// to `http_kept_time_max`.
inline constexpr size_t http_kept_max = 128;
inline constexpr auto http_kept_time = 4s;
inline constexpr auto http_kept_time_max = 60s;
/// The head of a response, or the trailer: what other clients take, at most.
inline constexpr size_t http_head_bytes_max = 64u << 10;
/// Redirects of a stream, each to its own origin.
inline constexpr size_t http_redirects_max = 3;
/// A session id travels with each request.
inline constexpr size_t session_id_bytes_max = 1024;
/// Addresses of one name that are tried.
inline constexpr size_t http_addresses_max = 8;
/// Names that the system looks up at a time, those included that nobody waits
/// for any more: it cannot be told to stop. Others wait.
inline constexpr size_t http_lookups_max = 16;
/// An answer about a name serves so long: a burst of calls asks once, and a
/// server that moves is found again within seconds.
inline constexpr auto http_name_time = 5s;
/// Longer than a resolver tries by itself: who comes later asks anew.
inline constexpr auto http_lookup_time = 30s;
/// Names that are remembered; more servers are rare in so short a time.
inline constexpr size_t http_names_max = 256;
/// A server that vanished without a word is found within a minute.
inline constexpr auto tcp_keepalive_after = 30s;
inline constexpr auto tcp_keepalive_every = 10s;
inline constexpr int tcp_keepalive_probes = 3;
inline constexpr auto tcp_unacknowledged = 60s;

// -- restarting --------------------------------------------------------------

/// A server that lived so long is restarted at once.
inline constexpr auto prompt_restart_after = 60s;
inline constexpr auto backoff_first = 1s;
inline constexpr double backoff_factor = 2.0;
inline constexpr auto backoff_max = 60s;
/// Share of a wait by which it varies, both ways.
inline constexpr double backoff_jitter = 0.2;
/// With one good answer as well: time alone proves nothing.
inline constexpr auto stable_after = 120s;
inline constexpr size_t intensity = 5;
inline constexpr auto intensity_period = 60s;
inline constexpr auto degraded_probe_every = 300s;
/// A call to a degraded server may bring one try forward, once in this time.
inline constexpr auto degraded_call_try_every = 30s;
/// So many exits alike, each within `quick_exit`, before it was ever ready:
/// it will not work until something is changed.
inline constexpr size_t quick_exits_max = 3;
inline constexpr auto quick_exit = 1s;

/// A loss waits so long to be told with what is decided on it. A process is
/// mostly gone, and judged, within a few milliseconds.
inline constexpr auto verdict_wait = 500ms;

// -- the spawn gate ----------------------------------------------------------

inline constexpr size_t spawn_burst = 10;
inline constexpr auto spawn_refill = 30s;
inline constexpr size_t spawns_per_minute = 60;
inline constexpr size_t live_servers_max = 64;

// -- when to ask again --------------------------------------------------------

/// A full queue empties as soon as one call ends, and a server that starts is
/// ready in that time or needs many times as long: ten questions a second cost
/// nothing.
inline constexpr auto retry_soon = 100ms;

// -- callers -----------------------------------------------------------------

/// Callers that a client goes on watching, so that the next call of each needs
/// no new watch; beyond that, those without an open call are let go. Agents
/// that use one server are fewer, and each costs some 200 bytes.
inline constexpr size_t callers_watched_max = 1000;

// -- stopping ----------------------------------------------------------------

/// How long calls in flight may go on when a server is reloaded or closed.
inline constexpr auto drain_timeout = 5s;
/// stdin closed -> TERM, and TERM -> KILL.
inline constexpr auto stop_grace = 2s;
/// The same when the host has died: nobody waits for output any more.
inline constexpr auto host_death_grace = 500ms;
/// KILL and still there: reported as unkillable, tried again each second.
inline constexpr auto unkillable_after = 5s;
inline constexpr auto kill_retry = 1s;
/// A warden whose socket was closed ends in under 1 ms when no shim is left.
inline constexpr auto warden_exit_timeout = 1s;
/// Servers of a host that is gone may still be on their shim's ladder.
inline constexpr auto stray_grace = 3s;
/// A shim whose host has died is done within twice its server's grace. One that
/// is still there after this time more is killed, and the warden ends the rest:
/// long enough for a loaded machine, and nobody waits for it.
inline constexpr auto orphaned_shim_margin = 3s;
/// The longest line of ancestors that is followed: beyond all that programs do.
inline constexpr size_t ancestors_max = 1000;
/// Looks for strays: each may find what was forked since the one before.
inline constexpr size_t sweep_rounds_max = 50;
/// A pipe's end is seen before the shim's word that the server has exited. So
/// long a fault waits for that word, which names the cause better.
inline constexpr auto exit_notice_wait = 100ms;
/// Beyond all graces: a guard that is silent for so long is gone itself.
inline constexpr auto guard_answer_margin = 2s;
/// A guard answers in under 1 ms. After such a silence it is continued and
/// asked, and killed after a second one; both pass within `exec_timeout`.
inline constexpr auto guard_silence = 2s;
/// Wardens that may die in a row without having been of any use.
inline constexpr size_t warden_tries_max = 3;
/// Ends that left something, or may have, and of which the last proof tells:
/// more than anybody reads.
inline constexpr size_t unclean_ends_max = 64;
/// Everything, in parallel.
inline constexpr auto stop_all_timeout = 6s;

// -- looking ------------------------------------------------------------------

/// An actor that does not say how it is within this time is shown as last seen.
inline constexpr auto status_timeout = 1s;

} // namespace troupe::defaults
