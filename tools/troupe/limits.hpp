#pragma once

#include "troupe/messages/defaults.hpp"

/// The limits of the commands to a running program, each with its reason.
namespace troupe::cli::limits {

using namespace std::chrono_literals;

/// A request: a call's arguments, and its names.
inline constexpr size_t request_bytes_max = defaults::frame_bytes_max + 65536;
/// An answer: the tools of many servers at once, or the largest result.
inline constexpr size_t answer_bytes_max = 64u << 20;
/// An answer nests what a server sent some levels deep.
inline constexpr size_t answer_depth_max = defaults::json_depth_max + 16;
inline constexpr size_t answer_nodes_max = 4 * defaults::json_nodes_max;
/// Connections that the kernel queues until we accept them: a burst of scripts.
inline constexpr int backlog = 128;
/// Connections whose request is neither complete nor large: an honest client
/// sends it at once, so that few are seen in this state.
inline constexpr size_t unfinished_max = 32;
/// Large requests, until they are parsed.
inline constexpr size_t large_max = 64;
/// Bytes of such requests: two of the largest. Above that, one is read at a
/// time.
inline constexpr size_t unfinished_bytes_max = 2 * request_bytes_max;
/// `list` and `status` under way; they are answered within a second.
inline constexpr size_t looks_max = 32;
/// Calls to one server: what scripts make at a time. A server that hangs holds
/// no more slots than these.
inline constexpr size_t server_calls_max = 32;
/// Calls to all servers: eight of them may hang with all their calls. Each
/// holds one descriptor.
inline constexpr size_t calls_max = 8 * server_calls_max;
/// `tools`, `reload` and `close` under way for one server; more gain nothing.
inline constexpr size_t server_errands_max = 16;
/// Those of all servers together.
inline constexpr size_t errands_max = 8 * server_errands_max;
/// Answers queued for their readers, and their bytes together: two of the
/// largest, one that is read and one that is not. At twice the bytes further
/// calls are refused.
inline constexpr size_t unread_max = 64;
inline constexpr size_t unread_bytes_max = 2 * answer_bytes_max;
/// Connections in all; further ones are queued by the kernel.
inline constexpr size_t connections_max =
  unfinished_max + large_max + looks_max + calls_max + errands_max + unread_max;
/// A client that has sent or taken something within this time is at work, if
/// slowly, and is not dropped for others. The thread beside the loop makes a
/// few hundred MiB of answers meanwhile.
inline constexpr auto idle_timeout = 1s;
/// Requests and answers up to this size are parsed and written on the main loop
/// itself, which takes below 1 ms; larger ones on a thread beside it.
inline constexpr size_t on_loop_bytes_max = 64u << 10;
/// How long a client may take to send its request, not counting the time in
/// which we do not read it; and how long to take a piece of its answer.
inline constexpr auto line_timeout = 10s;
/// For the answer to a command that waits for nothing: a program that gives
/// none in this time is stopped, as by Ctrl-Z.
inline constexpr auto known_timeout = 5s;
/// Without a free descriptor or slot no client is accepted for this time,
/// unless one of those served goes: a listening socket that stays readable
/// would keep us busy.
inline constexpr auto accept_pause = 500ms;
/// Sockets of one user that are searched for the running program.
inline constexpr size_t sockets_max = 256;
/// For writing to a terminal at the program's end.
inline constexpr auto flush_timeout = 1s;
/// Servers that run at a time, at most; each takes two processes and five
/// descriptors.
inline constexpr uint32_t live_max_most = 10'000;
/// A line for people is cut to this length.
inline constexpr size_t shown_bytes_max = 2048;
/// A description in a table is cut to this length.
inline constexpr size_t summary_bytes_max = 300;

} // namespace troupe::cli::limits
