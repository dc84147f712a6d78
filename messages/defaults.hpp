#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Limits, waits and retries, each with its reason. Where users may want
/// another value there is an option in `server_spec` or `runtime_options`;
/// these are its defaults.
namespace troupe::defaults {

using namespace std::chrono_literals;

// -- sizes -------------------------------------------------------------------

/// One JSON-RPC message. The largest that other clients take, too.
inline constexpr size_t frame_bytes_max = 16u << 20;
/// Deep enough for any schema seen; shallow enough for any reader's recursion.
inline constexpr size_t json_depth_max = 64;
/// A frame of a million values costs its reader some 100 MB.
inline constexpr size_t json_nodes_max = 1'000'000;
/// Positions of members kept for a parsed text, 20 bytes each: more than any
/// envelope has. Further members are searched for in the text.
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
/// Pipe capacity for a server that has filled one read chunk at once: with
/// more, frames of 1 MiB move no faster.
inline constexpr int wide_pipe_bytes = 256 << 10;
/// Pipe memory that all widened pipes together may take beyond the usual: both
/// pipes of some forty servers, a quarter of what Linux grants one user.
inline constexpr size_t wide_pipes_bytes_max = 16u << 20;
/// Reads or writes of one pipe in a row, before other pipes are served.
inline constexpr int pipe_turns = 4;
/// Frames that one write takes together; more gain nothing measurable.
inline constexpr size_t frames_per_write_max = 32;

// -- configuration -----------------------------------------------------------

/// A configuration file; a thousand servers take less.
inline constexpr size_t config_bytes_max = 1u << 20;
/// Values of this length and longer are hidden in what servers say: shorter
/// ones occur in any text, and are too short for a secret.
inline constexpr size_t redacted_bytes_min = 8;
/// A part of such a value, left where a text was cut, is hidden from this
/// length on: less tells nothing, and occurs in any text.
inline constexpr size_t redacted_part_bytes_min = 4;
/// Names stand in tables and in the names of tools.
inline constexpr size_t server_name_bytes_max = 128;
/// The longest time in a specification; more is taken for a slip of the unit.
inline constexpr auto configured_time_max = 24h;
/// Positions in a JSON text are kept in 32 bits: no frame exceeds a gigabyte.
inline constexpr size_t configured_bytes_max = 1u << 30;
/// Largest limit of queued calls or frames: no process has memory for more.
inline constexpr size_t configured_count_max = 1'000'000;
/// Failures remembered for each server: the largest `restart.intensity`.
inline constexpr size_t restart_intensity_max = 1000;

// -- queues ------------------------------------------------------------------

/// Frames that wait for a server's stdin.
inline constexpr size_t outbox_frames_max = 1024;
/// Bytes that wait for a server's stdin: two frames of the largest kind.
inline constexpr size_t outbox_bytes_max = 32u << 20;
/// Frames that an in-process server keeps until they are taken; more wait in
/// the outbox.
inline constexpr size_t pipe_inbox_frames_max = 1024;
/// Bytes that were read and that the client has not handled: two frames of the
/// largest kind. Beyond that the server's pipe is not read.
inline constexpr size_t inbound_bytes_max = 32u << 20;
/// Bytes charged for a queued frame besides its text.
inline constexpr size_t inbound_frame_cost = 64;
/// Bytes charged for each message that brings frames to the client: 1024 such
/// messages fill the window. So requests find room in the client's mailbox, and
/// the answers to all calls in flight may still come one by one.
inline constexpr size_t inbound_batch_cost = 32u << 10;
/// Calls that a server has not answered yet.
inline constexpr size_t in_flight_max = 256;
/// Calls that wait for a server to become ready.
inline constexpr size_t waiting_calls_max = 1000;
/// Messages in an actor's mailbox before requests are refused.
inline constexpr size_t mailbox_messages_max = 10'000;
/// Events sent to a slow observer and not handled; beyond that it gets only the
/// newest event of each server.
inline constexpr size_t events_max = 1024;

// -- unsolicited traffic -----------------------------------------------------

/// Frames a second that a server may send without being asked: notifications,
/// requests of its own, late answers, noise. Far more than servers need, and a
/// few percent of a core.
inline constexpr size_t unsolicited_frames_per_second = 10'000;
/// Bytes a second of such traffic; a frame is charged for itself and its bytes.
inline constexpr size_t unsolicited_bytes_per_second = 4u << 20;
/// Bytes charged for an empty line: it costs less than any frame.
inline constexpr size_t empty_line_bytes = 8;
/// Burst of such traffic after a silence, in seconds of the rates above:
/// 100,000 lines of a log, or two frames of the largest kind.
inline constexpr auto unsolicited_credit_max = 12s;
/// Longest pause in reading a throttled server: its answers wait meanwhile, and
/// pings must not be missed. A frame of the largest kind costs no more.
inline constexpr auto unsolicited_debt_max = 4s;
/// Credit that must be back before a server no longer counts as throttled.
inline constexpr auto unsolicited_credit_regained = 6s;
/// Inbound window of a throttled server: one pipe's content, so that it blocks
/// soon when it is not read.
inline constexpr size_t paced_inbound_bytes_max = 256u << 10;
/// Empty lines of a server's stdout are reported to the client in batches: the
/// few that a server prints between its messages are not worth a message.
inline constexpr size_t empty_lines_lot = 4096;
/// Bytes of an SSE stream's comments, and of events that are no message, are
/// reported to the client in batches of this size.
inline constexpr size_t idle_bytes_lot = 32u << 10;
/// Bytes of each event that are not charged: its name, its id, its blank line.
inline constexpr size_t event_fields_bytes = 256;

// -- redaction ---------------------------------------------------------------

/// Bytes searched for hidden values in one turn of a shared thread: some 0.2
/// ms. What a server says beyond that in the same turn is cut, or searched in
/// later turns.
inline constexpr size_t searched_bytes_max = 64u << 10;
/// A server's instructions for a model; the largest that were seen have 4 KiB.
inline constexpr size_t instructions_bytes_max = 32u << 10;

// -- listing -----------------------------------------------------------------

inline constexpr size_t list_pages_max = 100;
inline constexpr size_t list_items_max = 10'000;
inline constexpr auto list_timeout = 30s;
/// Cursors of all pages are remembered; no server needs more than this.
inline constexpr size_t cursor_bytes_max = 64u << 10;
/// Pause between two refreshes of a list that its server reports as changed;
/// doubled, up to the second value, while it goes on reporting.
inline constexpr auto refresh_pause = 1s;
inline constexpr auto refresh_pause_max = 60s;

// -- callbacks of the embedder ------------------------------------------------

/// Threads for callbacks of the embedder: sixteen servers may block both of
/// theirs before callbacks of another one are queued.
inline constexpr size_t callback_threads_max = 32;
/// Callbacks of one server that run at a time: those that hang take no more
/// threads than these.
inline constexpr size_t callback_threads_of_one_max = 2;
/// Callbacks queued for a thread: more than the requests over HTTP under way,
/// each of which asks once at a time.
inline constexpr size_t callbacks_waiting_max = 2048;
/// An idle thread ends after this time; credentials are asked for in bursts.
inline constexpr auto callback_thread_idle = 5s;
/// Time for running callbacks to return when a runtime stops. After that their
/// threads are abandoned: a callback cannot be told to end.
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
/// Longest time for which default deadlines are paused while a start is queued
/// behind others: 64 of them, four at a time, each of which takes its 30 s and
/// some to go.
inline constexpr auto ready_wait_max = 600s;
/// How long a probe may be unanswered; adds to the start of each legacy server
/// that ignores it.
inline constexpr auto probe_timeout = 3s;
inline constexpr size_t concurrent_starts = 4;
/// Start requests that the warden has not answered: bounds the descriptors in
/// flight, which the kernel counts against a user's limit.
inline constexpr size_t spawn_window = 32;
/// Path, arguments and environment of one server: what Linux takes in an exec
/// with the usual stack limit.
inline constexpr size_t launch_bytes_max = 2u << 20;
/// How many arguments and variables they may be.
inline constexpr size_t launch_strings_max = 16u << 10;
/// Starts that a person commanded (connect, reload) per server and minute.
inline constexpr size_t commanded_starts_per_minute = 60;

// -- calls -------------------------------------------------------------------

/// Open requests of one server to us, and inputs that one answer of a server
/// may ask for: each may be a question to a person.
inline constexpr size_t server_requests_max = 16;
/// How often a server may ask back before it answers a request.
inline constexpr size_t input_rounds_max = 10;
/// A client's name, title and version, each: all three travel with every
/// request of the modern dialect, and are for one line of a list.
inline constexpr size_t client_text_bytes_max = 256;

/// Longest silence of a call; progress restarts it.
inline constexpr auto call_idle_timeout = 60s;
/// Longest duration of a call; nothing extends it.
inline constexpr auto call_total_timeout = 600s;
/// A server that does not take a frame within this time hangs.
inline constexpr auto write_timeout = 30s;

// -- liveness (legacy dialect) -----------------------------------------------

inline constexpr auto ping_after_idle = 30s;
inline constexpr auto ping_timeout = 10s;
inline constexpr size_t ping_misses_max = 2;

// -- http --------------------------------------------------------------------

/// Bytes of a value of `Authorization`: a head with a longer one is refused by
/// most servers.
inline constexpr size_t authorization_bytes_max = 16u << 10;

/// Time to resolve a name, connect and agree on TLS.
inline constexpr auto connect_timeout = 10s;
/// Bytes read of a refusal's body: enough for any error, too little to hurt.
inline constexpr size_t refusal_bytes_max = 64u << 10;
/// How long the dialect of a remote server is cached: long enough to save
/// probes, short enough to notice a new version within a day's work.
inline constexpr auto dialect_verdict_time = 1h;
/// Origins whose dialect is cached: more than one process has clients for.
inline constexpr size_t dialect_verdicts_max = 1024;
/// Wait before an ended stream is opened again, if the server sent no `retry`.
inline constexpr auto stream_retry = 1s;
/// Longest such wait, also where the server asks for more.
inline constexpr auto stream_retry_max = 60s;
/// A stream that lasted this long was no failure when it ended: proxies cut
/// idle streams after a minute or more, and some servers sooner.
inline constexpr auto stream_lasted = 10s;
/// Attempts to resume a cut response without a new event; then it is lost.
inline constexpr size_t resume_tries_max = 3;
/// How long a response may stay open after the answer that it carried.
inline constexpr auto response_end_timeout = 5s;
/// Requests under way at a time, all clients together; each has a thread.
inline constexpr size_t http_calls_max = 256;
/// Requests under way of one client: servers that hang leave threads for
/// others.
inline constexpr size_t http_client_calls_max = 64;
/// Responses that are open streams, all clients together; each has a thread.
inline constexpr size_t http_streams_max = 1024;
/// Messages that are no call (notifications, answers to the server, pings), for
/// all clients together and for one. They have slots of their own: calls may be
/// waiting for our answers.
inline constexpr size_t http_notes_max = 128;
inline constexpr size_t http_client_notes_max = 8;
/// Sessions that are being ended at servers whose clients have stopped.
inline constexpr size_t http_farewells_max = 64;
/// Time for the DELETE that ends a session; its answer is ignored.
inline constexpr auto farewell_timeout = 2s;
/// An idle thread ends after this time; calls come in bursts.
inline constexpr auto http_thread_idle = 5s;
/// Stack of one thread: TLS takes 50 KiB, and the rest is on the heap.
inline constexpr size_t http_stack_bytes = 256u << 10;
/// Idle connections, and how long each is kept: common servers close theirs
/// after 5 s. A longer time that the server names is used up to
/// `http_kept_time_max`.
inline constexpr size_t http_kept_max = 128;
inline constexpr auto http_kept_time = 4s;
inline constexpr auto http_kept_time_max = 60s;
/// The head of a response, or the trailer: what other clients take, at most.
inline constexpr size_t http_head_bytes_max = 64u << 10;
/// Redirects of a stream that are followed, each within its origin.
inline constexpr size_t http_redirects_max = 3;
/// A session id travels with each request.
inline constexpr size_t session_id_bytes_max = 1024;
/// Addresses of one name that are tried.
inline constexpr size_t http_addresses_max = 8;
/// Names looked up at a time, abandoned lookups included: the system's lookup
/// cannot be stopped. Others are queued.
inline constexpr size_t http_lookups_max = 16;
/// How long a name's addresses are cached: a burst of calls looks up once, and
/// a server that moves is found again within seconds.
inline constexpr auto http_name_time = 5s;
/// A running lookup is shared for this time, longer than a resolver tries by
/// itself; after it a new one is begun.
inline constexpr auto http_lookup_time = 30s;
/// Names that are cached; more servers are rare in so short a time.
inline constexpr size_t http_names_max = 256;
/// TCP keepalive: a server that vanished silently is noticed within a minute.
inline constexpr auto tcp_keepalive_after = 30s;
inline constexpr auto tcp_keepalive_every = 10s;
inline constexpr int tcp_keepalive_probes = 3;
inline constexpr auto tcp_unacknowledged = 60s;

// -- restarting --------------------------------------------------------------

/// A server that lived this long is restarted at once.
inline constexpr auto prompt_restart_after = 60s;
inline constexpr auto backoff_first = 1s;
inline constexpr double backoff_factor = 2.0;
inline constexpr auto backoff_max = 60s;
/// Jitter: the share of a wait by which it varies, both ways.
inline constexpr double backoff_jitter = 0.2;
/// A life this long, with a good answer, resets the backoff: time alone cannot.
inline constexpr auto stable_after = 120s;
inline constexpr size_t intensity = 5;
inline constexpr auto intensity_period = 60s;
inline constexpr auto degraded_probe_every = 300s;
/// A call to a degraded server may bring one try forward, once in this time.
inline constexpr auto degraded_call_try_every = 30s;
/// After so many exits with one status, each within `quick_exit`, before it was
/// ever ready, a server has failed: it will not work until something is
/// changed.
inline constexpr size_t quick_exits_max = 3;
inline constexpr auto quick_exit = 1s;

/// How long the event of a lost connection is held back, to be reported with
/// the supervisor's decision. That takes mostly a few milliseconds.
inline constexpr auto verdict_wait = 500ms;

// -- the spawn gate ----------------------------------------------------------

inline constexpr size_t spawn_burst = 10;
inline constexpr auto spawn_refill = 30s;
inline constexpr size_t spawns_per_minute = 60;
inline constexpr size_t live_servers_max = 64;

// -- when to ask again --------------------------------------------------------

/// `retry_after` of a full queue, which has room as soon as one call ends, and
/// of a server that is starting. Ten retries a second cost nothing.
inline constexpr auto retry_soon = 100ms;

// -- callers -----------------------------------------------------------------

/// Callers that a client keeps monitoring, so that the next call of each needs
/// no new monitor; beyond that, those without an open call are dropped. Agents
/// that use one server are fewer, and each costs some 200 bytes.
inline constexpr size_t callers_watched_max = 1000;

// -- stopping ----------------------------------------------------------------

/// How long calls in flight may go on when a server is reloaded or closed.
inline constexpr auto drain_timeout = 5s;
/// stdin closed -> TERM, and TERM -> KILL.
inline constexpr auto stop_grace = 2s;
/// Stop grace when the host has died: nobody has use for the server's output.
inline constexpr auto host_death_grace = 500ms;
/// A process that is still there so long after KILL is reported as unkillable,
/// and killed again each second.
inline constexpr auto unkillable_after = 5s;
inline constexpr auto kill_retry = 1s;
/// A warden whose socket was closed ends in under 1 ms when no shim is left.
inline constexpr auto warden_exit_timeout = 1s;
/// Servers of a dead host may still be on their shim's stop ladder.
inline constexpr auto stray_grace = 3s;
/// A shim whose host has died is done within twice its server's grace. One that
/// is still there after this time more is killed, and the warden ends the rest:
/// long enough for a loaded machine.
inline constexpr auto orphaned_shim_margin = 3s;
/// Ancestors of a process that are followed: more than any program has.
inline constexpr size_t ancestors_max = 1000;
/// Rounds of a sweep: each may find what was forked since the one before.
inline constexpr size_t sweep_rounds_max = 50;
/// A closed pipe is seen before the shim reports the server's exit. A fault
/// waits this long for that report, which names the cause better.
inline constexpr auto exit_notice_wait = 100ms;
/// Added to all graces: a guard that is silent for longer is gone itself.
inline constexpr auto guard_answer_margin = 2s;
/// A guard answers in under 1 ms. After this silence it is continued (SIGCONT)
/// and asked, and killed after a second one; both pass within `exec_timeout`.
inline constexpr auto guard_silence = 2s;
/// Wardens that may die in a row without having been of any use.
inline constexpr size_t warden_tries_max = 3;
/// Unclean ends that the answer to `stop_all` tells of (something was left, or
/// may have been): more than a person reads.
inline constexpr size_t unclean_ends_max = 64;
/// Time for `stop_all`: everything stops in parallel.
inline constexpr auto stop_all_timeout = 6s;

// -- status -------------------------------------------------------------------

/// An actor that does not answer `get_status` in time is shown as last seen.
inline constexpr auto status_timeout = 1s;

// -- the pool of threads -----------------------------------------------------
/// Tasks that a thread runs before handlers and other tasks get their turn,
/// and handlers that it runs then: some 100 us.
inline constexpr size_t pool_turns = 32;
/// A task that runs for so long is taken for one that blocks.
inline constexpr auto held_after = 2ms;
/// Looks at threads that do nothing, before none is made until they do.
inline constexpr size_t quiet_looks = 2;

} // namespace troupe::defaults
